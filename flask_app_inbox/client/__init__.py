"""The vendors' HTTP APIs. Nothing in this room knows Flask, not even its types."""
