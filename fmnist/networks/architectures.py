"""All networks: those of the published projects, and our own.

Every network takes images as they are in the data set, (side, side) or (side, side, 3) with values 0 to
255, and gives a probability for each class. Scaling is a layer of its own, so that a saved model needs
nothing beside it. Keras is imported inside the builders: listing architectures must not cost the seconds
that loading TensorFlow takes.
"""

from . import own, published  # which register them
from .register import ARCHITECTURES, Architecture, Network, register

__all__ = ["ARCHITECTURES", "Architecture", "Network", "own", "published", "register"]
