"""Drawings by code: a pen, garments of all classes, and things that are none."""
