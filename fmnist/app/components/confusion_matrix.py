"""A confusion matrix whose cells, rows and columns are buttons: for mouse, finger and keys."""

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from .component import register

_component = register("confusion_matrix")

ANY = -1  # in the place of a class: all of them


def matrix(
    counts: np.ndarray,
    names: Sequence[str],
    key: str,
    shares: bool = False,
    diagonal: bool = True,
    chosen: tuple[int, int] = (ANY, ANY),
    on_click: Callable[[], None] | None = None,
    reveals: str | None = None,
) -> None:
    """Show a confusion matrix.

    Args:
        counts: (C, C) int, true classes as rows.
        names: of the C classes.
        key: the widget's key.
        shares: show percent of the true class in the place of counts.
        diagonal: show what was classified correctly, too.
        chosen: true and predicted class of the cell with a frame.
        on_click: called before the page runs again; `clicked(key)` is what was clicked.
            Without it there is nothing to click.
        reveals: the key of the container that a click scrolls to, where it is out of view.
    """
    wrong = counts - np.diag(np.diag(counts))
    shown = counts if diagonal else wrong
    highest = np.where(np.eye(len(names), dtype=bool), max(1, counts.max()), max(1, wrong.max()))
    data = {
        "names": list(names),
        "texts": _texts(shown, counts.sum(axis=1) if shares else None),
        "shares": np.round(shown / highest, 3).tolist(),
        "chosen": chosen,
        "still": on_click is None,
        "reveals": reveals,
    }
    _component(data=data, key=key, on_clicked_change=on_click or (lambda: None))


def clicked(key: str) -> tuple[int, int]:
    """True and predicted class that were just clicked, `ANY` for a whole row or column."""
    true, predicted = st.session_state[key].clicked or (ANY, ANY)
    return int(true), int(predicted)


def _texts(counts: np.ndarray, of: np.ndarray | None) -> list[list[str]]:
    """The text of each cell: empty for zero."""
    if of is None:
        return [[f"{count}" if count else "" for count in row] for row in counts]
    percent = 100 * counts / np.maximum(1, of)[:, None]
    return [
        [f"{value:.1f}".removesuffix(".0") if value else "" for value in row] for row in percent
    ]
