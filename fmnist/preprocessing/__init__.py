"""A photo or drawing that somebody brings -> an image as its data set has them.

In: finding, cutting out, filling, centring. Not in: decoding files (`data.image_files`), what training
does to images (`augmentation`).
"""
