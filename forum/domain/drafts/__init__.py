"""Drafts: what members typed and did not send yet, kept for them alone."""
