"""A map of thousands of images as points that are clicked, and that fly when the map changes."""

import base64

import numpy as np

from fmnist.app.shared import colours
from fmnist.data.labels import CLASS_NAMES

from .component import register

_component = register("scatter")


def scatter(
    places: np.ndarray, labels: np.ndarray, class_places: np.ndarray, name: str, key: str
) -> int | None:
    """Show images as points in their class's colour.

    Args:
        places: (N, 2) float within -1 to 1, y up.
        labels: (N,) uint8.
        class_places: (10, 2) float, where the classes' names stand; empty for no names.
        name: the map's accessible name.
        key: the widget's key; under the same key points fly from the old map to the new.

    Returns:
        The number of the point that was just clicked, else None.
    """
    whole = np.round(places * 32767).astype("<i2")
    data = {
        "places": _text(whole),
        "labels": _text(labels),
        "name": name,
        "colours": colours.CLASSES,
    }
    data |= {"names": CLASS_NAMES, "class_places": class_places.tolist()}
    number: int | None = _component(data=data, key=key, on_clicked_change=lambda: None).clicked
    return number


def _text(array: np.ndarray) -> str:
    return base64.b64encode(array.tobytes()).decode()
