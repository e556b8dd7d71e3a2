"""Lessons: drafted, reviewed, published, listed, applied."""
