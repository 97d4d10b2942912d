"""A recipe and the training images -> a trained network in a run directory. Keras, on TensorFlow or JAX.

In: what needs a network library to train or to export. Not in: who starts a training (`jobs`), what
becomes of images before (`augmentation`).
"""
