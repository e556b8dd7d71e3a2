"""Digests: who wants one, when it is due, what is in it."""
