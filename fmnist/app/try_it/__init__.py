"""Try it: a drawing or photo, its preprocessing and its prediction."""
