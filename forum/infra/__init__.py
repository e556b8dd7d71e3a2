"""Floor 0: each module wraps one outside thing and knows nothing of forums."""
