"""The element that draws bell and panel. It asks nobody anything by itself."""
