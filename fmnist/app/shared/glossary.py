"""The glossary: terms that the app explains where they stand, a hover, tap or keyboard focus away.

`term` marks one in a sentence. A label, heading or caption that is nothing but a term needs no mark: glossary.js finds it.
"""

import dataclasses
import functools
import html
import json
import tomllib
from pathlib import Path

import streamlit as st

FILE = Path(__file__).parents[2] / "resources" / "glossary.toml"


@dataclasses.dataclass(frozen=True)
class Entry:
    """A term."""

    name: str
    text: str  # two sentences at most
    diagram: str  # what is inside of an SVG of 160 x 72
    also: tuple[str, ...] = ()  # other words for it, in small letters

    @property
    def anchor(self) -> str:
        """Where it stands on the page that lists all terms."""
        return "term-" + "".join(sign if sign.isalnum() else "-" for sign in self.name.lower())

    @property
    def title(self) -> str:
        """The name as a heading."""
        return self.name[0].upper() + self.name[1:]

    @property
    def svg(self) -> str:
        """The diagram, which says nothing that the text does not."""
        return f'<svg viewBox="0 0 160 72" aria-hidden="true">{self.diagram.strip()}</svg>'


@functools.cache
def entries(file: Path = FILE) -> tuple[Entry, ...]:
    """All terms, by their names."""
    read = tomllib.loads(file.read_text("utf-8"))
    found = [
        Entry(name, about["text"], about["diagram"], tuple(about.get("also", ())))
        for name, about in read.items()
    ]
    return tuple(sorted(found, key=lambda entry: entry.name.lower()))


@functools.cache
def words() -> dict[str, Entry]:
    """Every word that stands for a term, in small letters."""
    return {word: entry for entry in entries() for word in (entry.name.lower(), *entry.also)}


def term(word: str, shown: str | None = None) -> str:
    """Markdown of a word with its explanation: `term("epoch")`, or `term("epoch", "passes")`.

    Raises:
        KeyError: the glossary does not have it.
    """
    return f"[{shown or word}](learn#{words()[word.lower()].anchor})"


@functools.cache
def script() -> str:
    """What glossary.js needs, as JavaScript: each term by its anchor, and the anchor of each word."""
    terms = {
        entry.anchor: {"title": entry.title, "text": entry.text, "svg": entry.svg}
        for entry in entries()
    }
    anchors = {word: entry.anchor for word, entry in words().items()}
    known = json.dumps({"terms": terms, "anchors": anchors}).replace(
        "<", "\\u003c"
    )  # no tag in a script
    return f"window.glossary = {known};"


def show_list() -> None:
    """All terms; glossary.js adds the diagrams, which Streamlit would remove."""
    st.html('<div class="glossary">' + "".join(map(_listed, entries())) + "</div>")


def _listed(entry: Entry) -> str:
    return (
        f'<section id="{entry.anchor}"><div><b>{html.escape(entry.title)}</b>'
        f"<p>{html.escape(entry.text)}</p></div></section>"
    )
