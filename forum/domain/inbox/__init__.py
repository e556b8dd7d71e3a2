"""What waits for a member: one place that asks every folder below it."""
