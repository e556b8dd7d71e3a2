"""What moderators do with posts and threads, also where that touches a lesson."""
