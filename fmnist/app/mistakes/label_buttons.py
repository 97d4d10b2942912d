"""Buttons to mark a test image's label as right, ambiguous or wrong, beside the marks of others."""

import streamlit as st

from fmnist.app.shared import visitor, widgets
from fmnist.data.dataset import DataSet
from fmnist.runs import annotations
from fmnist.runs.annotations import MarkError

PROBLEM = "mistakes.mark_problem"


def show(dataset: DataSet, image: int, label: str) -> None:
    """The buttons for a data set's test image with that label, and the way to the Try page."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        try:
            marks = annotations.read_all(dataset)
            given = annotations.counting(marks).get(image)
            _choose(dataset, image, given, label)
            if given == "wrong":
                _correct(dataset, image, label)
            if others := annotations.by_others(marks, visitor.identity()).get(image):
                st.caption(f"Other sessions: {annotations.in_words(others)}.", width="content")
        except MarkError as error:
            st.error(str(error))
        widgets.button_to_try("Try it", image, "mistakes.try")
    if problem := st.session_state.pop(PROBLEM, None):
        st.error(problem)


def _choose(dataset: DataSet, image: int, given: str | None, label: str) -> None:
    """A button for each mark; a second click undoes it.

    Buttons, because in a row of choices the arrow keys would choose instead of stepping to the next
    image. Each image has its own, so that a press concerns the image above it.
    """
    st.markdown(f"Is the label **{label}** right?", width="content")
    for key, mark in enumerate(annotations.MARKS, 1):
        st.button(
            mark.capitalize(),
            key=f"mistakes.mark.{mark}.{image}",
            type="primary" if mark == given else "secondary",
            shortcut=str(key),
            on_click=_mark,
            args=[dataset, image, None if mark == given else mark, visitor.identity()],
            help="Saved beside your runs. The Labels view counts and exports marks. Press again to undo.",
        )


def _correct(dataset: DataSet, image: int, label: str) -> None:
    """A choice of the right class for a label that is marked wrong."""
    right = annotations.corrections(dataset)["test"].get(image)
    key = f"mistakes.right.{image}"
    st.selectbox(
        "Right class",
        [name for name in dataset.class_names if name != label],
        None,
        placeholder=f"Right: {dataset.class_names[right]}" if right is not None else "Right class?",
        key=key,
        label_visibility="collapsed",
        width=180,
        on_change=lambda: _mark(
            dataset, image, "wrong", visitor.identity(), st.session_state.get(key)
        ),
    )


def _mark(
    dataset: DataSet, image: int, mark: str | None, by: str, label: str | None = None
) -> None:
    # Written first: a look at the session's state is interrupted by the next press.
    try:
        annotations.put(dataset, image, mark, by, label=label)
    except MarkError as error:
        st.session_state[PROBLEM] = str(error)
