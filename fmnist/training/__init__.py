"""A recipe and the training images -> a trained network in a run directory. Keras, on TensorFlow or JAX.

In: all training and export that needs a network library. Not in: starting trainings (`jobs`),
changing images before (`augmentation`).
"""
