"""What search compares instead of words: a key that the forms of a word share, and the parts of compounds."""
