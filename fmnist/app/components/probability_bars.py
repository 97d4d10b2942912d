"""Probabilities of classes as bars that change in place."""

from collections.abc import Sequence

import numpy as np

from .component import register

ALL = 12  # classes that are all shown, in the order of their labels
FIRST = 10  # of more classes, the most probable ones; the others are folded

_component = register("probability_bars")


def probability_bars(
    probabilities: np.ndarray, names: Sequence[str], key: str, true: int | None = None
) -> None:
    """A bar a class, the highest in full colour; the true class, where known, is marked.

    Args:
        probabilities: (C,).
        names: of the C classes.
        key: the component's key.
        true: the index of the true class.
    """
    order, shown = _order(probabilities, true)
    rows = [
        {
            "name": names[index],
            "true": index == true,
            "probability": float(probabilities[index]),
            "best": bool(index == probabilities.argmax()),
        }
        for index in order
    ]
    _component(data={"rows": rows, "shown": shown}, key=key)


def _order(probabilities: np.ndarray, true: int | None) -> tuple[list[int], int]:
    """The classes in the order of their bars, and how many are not folded."""
    if len(probabilities) <= ALL:
        return list(range(len(probabilities))), len(probabilities)
    order: list[int] = np.argsort(-probabilities, kind="stable").tolist()
    if true is None or true in order[:FIRST]:
        return order, FIRST
    order.remove(true)
    order.insert(FIRST, true)
    return order, FIRST + 1
