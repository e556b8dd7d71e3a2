"""Asking: what somebody types, what they may find of it, and in which order."""
