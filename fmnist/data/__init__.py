"""Fashion-MNIST, and image files and labelled data sets that people bring, as arrays.

In: reading, within bounds, and what had to be assumed. Not in: anything that interprets what is shown
(`preprocessing`).
"""
