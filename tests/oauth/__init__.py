"""Connections by OAuth: made, kept, and lost only where there is no other way."""
