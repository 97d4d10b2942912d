"""Buttons to mark an image's label as right, ambiguous or wrong, beside the marks of others."""

import streamlit as st

from fmnist.app.shared import refused, widgets
from fmnist.data.dataset import DataSet, Split
from fmnist.people import acting
from fmnist.runs import annotations
from fmnist.runs.annotations import MarkError

PROBLEM = "mistakes.mark_problem"


def show(dataset: DataSet, image: int, label: int, split: Split = "test") -> None:
    """The buttons for an image of a data set with that label, and for a test image the way to the Try page."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        try:
            marks = annotations.read_all(dataset, split)
            given = annotations.counting(marks).get(image)
            if not refused.instead("keep", "Mark its label", ":material/rate_review:"):
                _choose(dataset, image, given, label, split)
            if given == "wrong":
                _correct(dataset, image, label, split)
            if others := annotations.by_others(marks, acting.person().id).get(image):
                st.caption(f"Other people: {annotations.in_words(others)}.", width="content")
        except MarkError as error:
            st.error(str(error))
        if split == "test":
            widgets.button_to_try("Try it", image, "mistakes.try")
    if problem := st.session_state.pop(PROBLEM, None):
        st.error(problem)


def _choose(dataset: DataSet, image: int, given: str | None, label: int, split: Split) -> None:
    """A button for each mark; a second click undoes it.

    Buttons, because in a row of choices the arrow keys would choose instead of stepping to the next
    image. Each image has its own, so that a press concerns the image above it.
    """
    name = widgets.class_name(dataset.class_names[label])
    st.markdown(f"Is the label **{name}** right?", width="content")
    for key, mark in enumerate(annotations.MARKS, 1):
        st.button(
            mark.capitalize(),
            key=f"mistakes.mark.{mark}.{split}.{image}",
            type="primary" if mark == given else "secondary",
            shortcut=str(key),
            on_click=_mark,
            args=[dataset, image, None if mark == given else mark, split],
            help="Saved beside your runs. The Labels view counts and exports marks. Press again to undo.",
        )


def _correct(dataset: DataSet, image: int, label: int, split: Split) -> None:
    """A choice of the right class for a label that is marked wrong."""
    right = annotations.corrections(dataset)[split].get(image)
    key = f"mistakes.right.{split}.{image}"
    st.selectbox(
        "Right class",
        [name for name in dataset.class_names if name != dataset.class_names[label]],
        None,
        placeholder=f"Right: {dataset.class_names[right]}" if right is not None else "Right class?",
        key=key,
        label_visibility="collapsed",
        width=180,
        on_change=lambda: _mark(dataset, image, "wrong", split, st.session_state.get(key)),
    )


def _mark(
    dataset: DataSet, image: int, mark: str | None, split: Split, label: str | None = None
) -> None:
    # Written first: a look at the session's state is interrupted by the next press.
    try:
        annotations.put(dataset, image, mark, label=label, split=split)
    except MarkError as error:
        st.session_state[PROBLEM] = str(error)
