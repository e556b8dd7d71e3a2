"""What waits until a moderator lets it appear: why, how it is sent, changed, taken back and decided; watched words."""
