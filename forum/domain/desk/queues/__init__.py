"""What waits on the desk: a file for each kind, all with the same columns."""
