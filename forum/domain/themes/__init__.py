"""What threads and lessons are about: the words of coded values, and tags."""
