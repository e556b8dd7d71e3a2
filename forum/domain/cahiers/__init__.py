"""Cahiers: made by editors of the network, read by whoever may see one of their lessons."""
