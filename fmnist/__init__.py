"""Learn what an image classifier does by using one: the package behind the Streamlit app.

    >>> from fmnist import Classifier
    >>> Classifier.load("everyday").predict("shoe.jpg")
    <Prediction: I am sure: Ankle boot (98%).>

Rooms, from the top floor down; imports go down only (the contracts in pyproject.toml):

    cli, app           the command line; the Streamlit app
    jobs, benchmark    worker processes; how fast this machine is and how well models do
    model_files        other people's Keras files; exports of runs
    training           a recipe -> a trained run (Keras)
    inference          a trained run -> predictions (LiteRT, no TensorFlow)
    runs               run directories
    recipes, preprocessing
    augmentation, networks, analysis
    data
    people             who uses the app: owners, modes, limits
    machine            the ground: versions, processor, processes, what a container leaves of them
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .data.image_files import ImageFileError
    from .inference.classifier import Classifier
    from .inference.prediction import Prediction
    from .runs.files import RunError

__all__ = ["Classifier", "ImageFileError", "Prediction", "RunError"]

_ROOMS = {
    "Classifier": "inference.classifier",
    "ImageFileError": "data.image_files",
    "Prediction": "inference.prediction",
    "RunError": "runs.files",
}


def __getattr__(name: str) -> Any:
    """One of `__all__`, loaded when it is asked for: `import fmnist` alone loads nothing."""
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_ROOMS[name]}"), name)
