"""Train: choose a recipe, change its settings, watch the curves."""
