"""Ten probabilities as bars that change in place."""

import numpy as np

from fmnist.data.labels import CLASS_NAMES

from .component import register

_component = register("probability_bars")


def probability_bars(probabilities: np.ndarray, key: str, true: int | None = None) -> None:
    """Ten bars, one a class, the highest in full colour; the true class, where known, is marked.

    Args:
        probabilities: (10,).
        key: the component's key.
        true: the index of the true class.
    """
    rows = [
        {
            "name": f"{name} ✓" if index == true else name,
            "probability": float(probabilities[index]),
            "best": bool(index == probabilities.argmax()),
        }
        for index, name in enumerate(CLASS_NAMES)
    ]
    _component(data=rows, key=key)
