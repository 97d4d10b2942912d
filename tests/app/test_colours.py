"""Colours, styles and scripts: each in a file of its own kind, each colour in one place."""

import re
from pathlib import Path

import pytest

from fmnist import app
from fmnist.app.shared import colours

FOLDER = Path(app.__file__).parent
SOURCES = [path for kind in ("py", "css", "js", "html") for path in FOLDER.rglob(f"*.{kind}")]


def files_with(pattern: str) -> set[str]:
    return {path.name for path in SOURCES if re.search(pattern, path.read_text("utf-8"))}


def test_a_colour_in_numbers_stands_in_the_theme_or_in_one_file():
    assert files_with(r"(?i)#([0-9a-f]{3,4}){1,2}\b|\b(rgb|hsl)a?\(\s*\d") == {"colours.css"}


def test_python_has_rules_and_scripts_from_files_in_one_module():
    assert files_with(r"<style|<script|unsafe_allow_javascript|unsafe_allow_html") == {"styles.py"}


def test_python_makes_components_in_one_module():
    assert files_with(r"components\.v2|declare_component") == {"component.py"}


def test_every_variable_that_a_rule_uses_is_set_somewhere():
    texts = [path.read_text("utf-8") for path in SOURCES]
    used = {name for text in texts for name in re.findall(r"var\((--(?!st-)[\w-]+)", text)}
    there = {name for text in texts for name in re.findall(r"(--[\w-]+)['\"]?[:,]", text)}
    assert {"--amber", "--mark", "--share"} <= used <= there


@pytest.mark.parametrize(
    ("colour", "numbers"), [("#0d9488", (13, 148, 136)), ("#ff0080", (255, 0, 128))]
)
def test_a_colours_numbers_are_red_green_and_blue(colour, numbers):
    assert colours.rgb(colour) == numbers


@pytest.mark.parametrize("count", [2, 10, 11, 100])
def test_each_class_has_a_colour_of_its_own(count):
    assert len(set(colours.of_classes(count))) == count
