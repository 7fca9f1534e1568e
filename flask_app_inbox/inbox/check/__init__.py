"""Finding out why there is no bell: what ``flask app-inbox check`` looks at."""
