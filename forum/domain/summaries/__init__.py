"""Where a thread stands: a short summary of which each sentence cites posts, with its history."""
