"""Recipes: a network, how it is trained, and the accuracy that its source reports.

In: the fields of a recipe, the recipes that ship, settings in words. Not in: how a field is carried out
(`training`, `augmentation`).
"""
