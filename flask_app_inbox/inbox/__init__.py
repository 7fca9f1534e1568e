"""The extension AppInbox, in three paths: a page, a token, a command."""
