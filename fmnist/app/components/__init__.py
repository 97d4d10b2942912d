"""Components of our own: a Python module each, its HTML, CSS and JavaScript beside it."""
