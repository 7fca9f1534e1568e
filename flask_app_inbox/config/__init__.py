"""Reading and checking settings. This room knows no key of its own."""
