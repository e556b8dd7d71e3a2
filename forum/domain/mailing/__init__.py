"""What happened (events), what goes out (mail queue) and what a member is told (notifications)."""
