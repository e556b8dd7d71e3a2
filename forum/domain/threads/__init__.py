"""Threads and posts: written, read, listed; their excerpts and audiences."""
