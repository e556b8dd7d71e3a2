"""Everything that somebody may do for the others of a space or of the network, each with its table of who may, when."""
