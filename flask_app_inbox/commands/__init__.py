"""The commands below ``flask app-inbox``, a module each."""
