"""The real stack over sockets, against vendors that fail in every way we know."""
