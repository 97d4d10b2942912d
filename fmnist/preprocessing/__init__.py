"""A photo or drawing that somebody brings -> 28 x 28 pixels, as the data set has them.

In: finding, cutting out, filling, centring. Not in: decoding files (`data.image_files`), what training
does to images (`augmentation`).
"""
