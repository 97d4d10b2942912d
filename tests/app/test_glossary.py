"""The glossary: short entries, each with a diagram, for every term that the app marks."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from fmnist import app
from fmnist.app.shared import glossary
from fmnist.recipes.fields import settings_of
from fmnist.recipes.hyperparameters import BASICS
from fmnist.recipes.recipe import Recipe

FOLDER = Path(app.__file__).parent
MARKED = re.compile(r"\bterm\(\s*(['\"])(.+?)\1")


def marked() -> set[str]:
    """The words that pages and components mark as terms."""
    sources = [path for kind in ("py", "js") for path in FOLDER.rglob(f"*.{kind}")]
    texts = [path.read_text("utf-8") for path in sources if path.stem != "glossary"]
    return {word for text in texts for _, word in MARKED.findall(text)}


def test_every_word_that_the_app_marks_is_in_the_glossary():
    assert {"embedding", "confusion matrix"} <= marked()
    assert {word.lower() for word in marked()} <= set(glossary.words())


def test_the_settings_that_are_changed_most_are_in_the_glossary():
    basics = [field.label for field in settings_of(Recipe).values() if field.group == BASICS]
    assert len(basics) > 3
    assert {label.lower() for label in basics} <= set(glossary.words())


def test_no_word_stands_for_two_terms():
    words = [word for entry in glossary.entries() for word in (entry.name.lower(), *entry.also)]
    assert len(set(words)) == len(words)
    assert all(word == word.lower() for word in words)


@pytest.mark.parametrize("entry", glossary.entries(), ids=lambda entry: entry.name)
def test_an_entry_has_two_sentences_at_most_and_a_diagram(entry):
    assert 1 <= len(re.findall(r"[.!?](?=\s|$)", entry.text)) <= 2
    shapes = list(ElementTree.fromstring(entry.svg).iter())[1:]
    assert shapes
    # Colours are the theme's: a shape says only which part of the diagram it is.
    assert not any({"fill", "stroke", "style"} & set(shape.attrib) for shape in shapes)


def test_a_word_that_the_glossary_lacks_is_an_error():
    with pytest.raises(KeyError):
        glossary.term("flux capacitor")
