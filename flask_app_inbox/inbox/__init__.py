"""The extension AppInbox: pages are rendered, tokens issued, commands run."""
