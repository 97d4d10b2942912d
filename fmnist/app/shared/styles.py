"""The one way in which a page gets style rules and scripts: from files."""

import functools
from pathlib import Path

import streamlit as st

from . import colours, glossary

HERE = Path(__file__).parent


def apply(*files: Path) -> None:
    """Give the page the rules of these CSS files."""
    _style(*map(_read, files))


def apply_to_all() -> None:
    """What every page has: its colours, the few rules that the theme has no option for, and the glossary's."""
    files = ("colours.css", "style.css", "glossary.css")
    _style(colours.of_theme(), *(_read(HERE / name) for name in files))


def run_scripts() -> None:
    """What every page has: one step Back leaves many images, Streamlit's elements get roles, and terms their cards."""
    files = ("address.js", "roles.js", "glossary.js")
    scripts = [glossary.script(), *(_read(HERE / name) for name in files)]
    # In a block, as they run again where the page is drawn again, and a name can be declared but once.
    tags = [f"<script>{{{script}}}</script>" for script in scripts]
    st.html("".join(tags), width="content", unsafe_allow_javascript=True)


def _style(*rules: str) -> None:
    st.html(f"<style>{''.join(rules)}</style>")


@functools.cache  # each rerun needs them
def _read(file: Path) -> str:
    return file.read_text("utf-8")
