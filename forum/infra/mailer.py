"""Mail as bytes and its ways out: SMTP, a folder, or memory."""
