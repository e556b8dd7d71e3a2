"""Consent of authors before their words leave the space they were said in."""
