"""A Streamlit component from the HTML, CSS and JavaScript files beside this module."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

FOLDER = Path(__file__).parent


def register(name: str, isolate_styles: bool = True) -> Callable:
    """Make a Streamlit component of `<name>.js` and, where there are such, `<name>.html` and `.css`."""
    files = {kind: FOLDER / f"{name}.{kind}" for kind in ("html", "css", "js")}
    parts = {kind: file.read_text("utf-8") for kind, file in files.items() if file.exists()}
    return st.components.v2.component(f"fmnist_{name}", **parts, isolate_styles=isolate_styles)
