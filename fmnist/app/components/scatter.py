"""A map of thousands of images as points that are clicked, and that fly when the map changes."""

import base64
from collections.abc import Sequence

import numpy as np

from fmnist.app.shared import colours

from .component import register

_component = register("scatter")


def scatter(
    places: np.ndarray,
    labels: np.ndarray,
    names: Sequence[str],
    class_places: np.ndarray,
    name: str,
    key: str,
) -> int | None:
    """Show images as points in their class's colour.

    Args:
        places: (N, 2) float within -1 to 1, y up.
        labels: (N,) uint8.
        names: of the C classes.
        class_places: (C, 2) float, where the classes' names stand; empty for no names.
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
        "colours": colours.of_classes(len(names)),
    }
    data |= {"names": list(names), "class_places": class_places.tolist()}
    number: int | None = _component(data=data, key=key, on_clicked_change=lambda: None).clicked
    return number


def _text(array: np.ndarray) -> str:
    return base64.b64encode(array.tobytes()).decode()
