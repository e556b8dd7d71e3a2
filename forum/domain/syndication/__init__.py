"""Syndication: what machines outside fetch by themselves, which is the sitemap and Atom feeds."""
