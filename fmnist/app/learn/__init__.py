"""Learn: the lessons, and the panel of an open one on every page."""
