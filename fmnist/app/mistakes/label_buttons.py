"""What a visitor thinks of a test image's label, beside what others have said of it."""

import secrets

import streamlit as st

from fmnist.app.shared import widgets
from fmnist.runs import annotations
from fmnist.runs.annotations import MarkError

PROBLEM = "mistakes.mark_problem"
AUTHOR = "mistakes.author"


def author() -> str:
    """What tells this browser's session from others, where its marks are kept."""
    return st.session_state.setdefault(AUTHOR, secrets.token_hex(4))


def show(image: int, label: str) -> None:
    """The buttons for a test image with that label, and the way to the Try page."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        try:
            said = annotations.read_all()
            _choose(image, annotations.counting(said).get(image), label)
            if others := annotations.by_others(said, author()).get(image):
                st.caption(f"Other sessions: {annotations.in_words(others)}.", width="content")
        except MarkError as error:
            st.error(str(error))
        widgets.button_to_try("Try it", image, "mistakes.try")
    if problem := st.session_state.pop(PROBLEM, None):
        st.error(problem)


def _choose(image: int, given: str | None, label: str) -> None:
    """A button a mark; a second click takes it back.

    Buttons, as in a row of choices the arrow keys would choose, and not step to the next image. Each
    image has its own: who presses one means the image that it stands below.
    """
    st.markdown(f"Is the label **{label}** right?", width="content")
    for key, mark in enumerate(annotations.MARKS, 1):
        st.button(
            mark.capitalize(),
            key=f"mistakes.mark.{mark}.{image}",
            type="primary" if mark == given else "secondary",
            shortcut=str(key),
            on_click=_mark,
            args=[image, None if mark == given else mark, author()],
            help="Saved beside your runs; the view Labels counts and exports. Press again to undo.",
        )


def _mark(image: int, mark: str | None, by: str) -> None:
    # First of all written: a look at the session's state gives way to the next press, if there is one.
    try:
        annotations.put(image, mark, by)
    except MarkError as error:
        st.session_state[PROBLEM] = str(error)
