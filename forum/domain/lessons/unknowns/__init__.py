"""What lessons do not know: questions kept by every publication, and the cities that wonder about them too."""
