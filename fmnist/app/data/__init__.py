"""Data: the images, the classes, the map."""
