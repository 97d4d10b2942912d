"""Mistakes: which test images a model gets wrong, and whether network or label is at fault."""
