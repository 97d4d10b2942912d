"""A trained run -> predictions, embeddings, feature maps, kernels. LiteRT, no TensorFlow.

In: everything that predicts with a run's model. Not in: figures computed from predictions (`analysis`).
"""
