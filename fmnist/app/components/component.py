"""A Streamlit component from the HTML, CSS and JavaScript files beside this module."""

import re
from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

FOLDER = Path(__file__).parent
IMPORT = re.compile(
    r"^(?:import \{[^}]*\} from|@import) ['\"]\./(\w+\.(?:js|css))['\"];$", re.MULTILINE
)


def register(name: str) -> ComponentRenderer:
    """Make a Streamlit component of `<name>.js` and, where there are such, `<name>.html` and `.css`."""
    files = [FOLDER / f"{name}.{kind}" for kind in ("html", "css", "js")]
    html, css, js = (_read(file) if file.exists() else None for file in files)
    return st.components.v2.component(f"fmnist_{name}", html=html, css=css, js=js)


def _read(file: Path, known: set[Path] | None = None) -> str:
    """The file's text, with what it imports in place, once: a browser gets one script and one style sheet a component."""
    known = set() if known is None else known

    def shared(found: re.Match[str]) -> str:
        if (other := FOLDER / found[1]) in known:
            return ""
        known.add(other)
        return re.sub(r"export (?=function|class)", "", _read(other, known))

    return IMPORT.sub(shared, file.read_text("utf-8"))
