"""What threads and lessons are about: the names of coded values, and tags."""
