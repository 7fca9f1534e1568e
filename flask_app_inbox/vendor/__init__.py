"""The wire to the vendor. Nothing in here knows Flask."""
