"""A photo or drawing that somebody brings -> an image as its data set has them; many of them -> a data set.

In: finding, cutting out, filling, centring; proposing a data set of one's own. Not in: decoding files
(`data.image_files`), finding out what a file holds (`data.files`), what training does to images
(`augmentation`).
"""
