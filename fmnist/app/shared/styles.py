"""The one way in which a page gets style rules and scripts: from files."""

import functools
from pathlib import Path

import streamlit as st

from . import colours

HERE = Path(__file__).parent


def apply(*files: Path) -> None:
    """Give the page the rules of these CSS files."""
    _style(*map(_read, files))


def apply_to_all() -> None:
    """What every page has: its colours, and the few rules that the theme has no option for."""
    _style(colours.of_theme(), *(_read(HERE / name) for name in ("colours.css", "style.css")))


def run_scripts() -> None:
    """What every page has: one step Back leaves many images, and Streamlit's elements get roles."""
    scripts = [f"<script>{_read(HERE / name)}</script>" for name in ("address.js", "roles.js")]
    st.html("".join(scripts), width="content", unsafe_allow_javascript=True)


def _style(*rules: str) -> None:
    st.html(f"<style>{''.join(rules)}</style>")


@functools.cache  # each rerun needs them
def _read(file: Path) -> str:
    return file.read_text("utf-8")
