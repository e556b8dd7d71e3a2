"""The desk of moderators: everything that needs a human, by what was promised to people."""
