"""A trained run -> predictions, embeddings, feature maps, kernels. LiteRT, no TensorFlow.

In: all that predicts with a run's model. Not in: what is computed from predictions alone (`analysis`).
"""
