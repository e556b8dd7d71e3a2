"""Consent of authors before their words are quoted for more readers than their thread has."""
