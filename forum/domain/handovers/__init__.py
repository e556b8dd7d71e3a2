"""What moderators hold in their own name, and how it goes to a successor, piece by piece."""
