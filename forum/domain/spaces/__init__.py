"""Spaces: who belongs to them, who asks to, and who is invited."""
