"""Why there is no bell: the checks of ``flask app-inbox check``."""
