"""Floor 2: who may see, who may do."""
