"""Floor 4: what follows from an event; runs in the worker, after the commit, each at most once by a constraint."""
