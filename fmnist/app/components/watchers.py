"""Invisible components: they watch or change other elements of the page."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from .component import register

_uploader = register("uploader")
_scroll_to = register("scroll_to")
_no_toolbar = register("no_toolbar")
_remember = register("remember")


def watch_uploader(
    block: str, most: int, on_refused: Callable[[], None], together: int | None = None
) -> None:
    """Stop files on their way into the upload box in the container of that key.

    Args:
        block: the container.
        most: bytes that each file may have.
        on_refused: called when files were stopped; `refused_upload` tells which.
        together: bytes that all files of an upload may have.
    """
    data = {"uploader": _selector(block), "most": most, "together": together}
    _uploader(data=data, key="uploader", on_refused_change=on_refused)


def refused_upload() -> dict[str, Any]:
    """`name` and `size` in bytes of the file that was just stopped, for `on_refused`; `count` is 1.

    If several were stopped for their size together, that is `size`, and `count` is their number.
    """
    file: dict[str, Any] = st.session_state["uploader"].refused
    return file


def scroll_to(first: str, last: str, about: str) -> None:
    """Bring the containers of these keys into view if `about` is not what it was before."""
    blocks = [_selector(first), _selector(last)]
    _scroll_to(data={"blocks": blocks, "about": about}, key="scroll_to")


def no_toolbar(block: str) -> None:
    """Hide the toolbar of the drawable canvases in the container of that key, which this is in."""
    _no_toolbar(data={"block": _selector(block)}, key="no_toolbar")


def remember(steps: list[str], on_kept: Callable[[], None]) -> None:
    """Keep in the visitor's browser which steps of lessons were done; `on_kept` is called if it knows more."""
    _remember(data={"steps": steps}, key="remember", on_kept_change=on_kept)


def remembered() -> list[str]:
    """All steps that the browser has kept, for `on_kept`; what is no text is left out."""
    sent = st.session_state["remember"].kept
    return [step for step in sent if isinstance(step, str)] if isinstance(sent, list) else []


def _selector(key: str) -> str:
    return f".st-key-{key}"
