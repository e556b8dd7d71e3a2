"""The workbench: what waits for a curator, one draft, and the thread beside it."""
