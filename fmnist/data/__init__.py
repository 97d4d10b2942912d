"""Fashion-MNIST, and users' image files and labelled data sets, as arrays.

In: reading within bounds, and reporting assumptions. Not in: interpreting the content of images
(`preprocessing`).
"""
