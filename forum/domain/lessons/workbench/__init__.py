"""The workbench: the lists of a curator, one draft, and the thread beside it."""
