"""What is kept to compare images with the training images."""

import gc
import weakref

import numpy as np

from fmnist.inference.classifier import Classifier
from fmnist.inference.familiarity import are_familiar
from fmnist.machine import folders


def test_a_classifier_that_nobody_uses_is_not_kept():
    classifier = Classifier(folders.SHIPPED / "sprint")
    are_familiar(np.zeros((1, 28, 28), np.uint8), classifier)
    gone = weakref.ref(classifier)
    del classifier
    gc.collect()
    assert gone() is None
