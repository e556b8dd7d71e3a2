"""Short responses to the story of a thread, from those who read."""
