"""Models: all runs, one of them in detail, a model file added."""
