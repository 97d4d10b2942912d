"""One image through a trained network, layer by layer, in NumPy: each value with the numbers it is made of.

For people who want to see how; predictions are `inference.classifier`'s, which is many times as fast.
"""
