"""Mistakes: which test images a model gets wrong, and whether the model or the label is wrong."""
