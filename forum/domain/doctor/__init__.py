"""What `flask doctor` looks at, and never changes: the data, the work that waits, the machine."""
