"""Connecting a site to the vendor by OAuth 2.0, and keeping the connection."""
