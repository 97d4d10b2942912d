"""Tips for an uncertain prediction."""

from fmnist.data import fashion_mnist
from fmnist.data.dataset import DataSet
from fmnist.preprocessing.preprocess import Prepared

TIPS = {
    "garment": "Draw one item, large, and show its features: sleeves, buttons or a zip, the "
    "straps of a sandal. Draw shoes from the side.",
    "filled": "Draw one item, large, and show what sets it apart.",
    "open": "Close the outline so that it is filled. Draw one item, large.",
    "painted": "Paint one whole item, large, or draw its outline with the pen.",
    "whole": "The whole image is used: let the item fill it as in the training images.",
    "photo": "One whole item on a plain background works best. Drag a box "
    "around it, or turn the photo upright.",
}


def tip(prepared: Prepared, dataset: DataSet) -> str:
    """A tip for a photo, or for a drawing of this kind; empty for a test image."""
    if prepared.kind != "drawing":
        return TIPS.get(prepared.kind, "")
    steps = [name for name, _ in prepared.steps]
    if "Outline filled" not in steps:
        return TIPS["painted"]
    if "Fine lines" not in steps:  # open strokes stay as they are
        return TIPS["open"]
    return TIPS["garment" if dataset.is_like(fashion_mnist.DATASET) else "filled"]
