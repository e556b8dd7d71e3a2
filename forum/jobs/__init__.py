"""Floor 5, the edge without a browser: processes events, sends mail, and does recurring work when it is due."""
