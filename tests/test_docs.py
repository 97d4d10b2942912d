"""The documentation: its links lead somewhere, its commands exist, its code runs, and the site builds from it."""

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from fmnist.cli import arguments
from fmnist.machine import folders

from .conftest import fmnist

ROOT = folders.ROOT
PAGES = [
    *(ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "models" / "README.md",
]
BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`(?:python -m )?(fmnist [a-z-]+ [^`\n]*)`")  # with arguments
LINK = re.compile(r"!?\[[^\]]*\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]*))?\)")
BY_NAME = [path.relative_to(ROOT).as_posix() for path in PAGES]


def prose(path: Path) -> str:
    """A page without its blocks of code."""
    return BLOCK.sub("", path.read_text())


def blocks(path: Path, language: str) -> list[str]:
    """The blocks of code in a language."""
    found = BLOCK.findall(path.read_text())
    return [textwrap.dedent(code) for _, name, code in found if name == language]


def anchors(path: Path) -> set[str]:
    """The places within a page that a link can name, as GitHub makes them of its headings."""
    headings = re.findall(r"^#+ +(.*)$", prose(path), re.MULTILINE)
    words = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {each.strip().replace(" ", "-") for each in words}


@pytest.mark.parametrize("path", PAGES, ids=BY_NAME)
def test_every_link_leads_to_a_file_and_a_heading(path):
    for target, anchor in LINK.findall(prose(path)):
        page = (path.parent / target).resolve() if target else path
        assert page.exists(), f"{path.name} links to {target}, which does not exist"
        if anchor:
            assert anchor in anchors(page), f"{page.name} has no heading #{anchor}"


def commands(path: Path) -> Iterator[list[str]]:
    """The arguments of each `python -m fmnist` and `fmnist` that a page shows as a command."""
    lines = [
        line
        for name in ("", "bash", "sh")
        for code in blocks(path, name)
        for line in code.splitlines()
    ]
    lines += INLINE.findall(prose(path))
    for line in lines:
        with contextlib.suppress(ValueError):  # an apostrophe, in what a command printed
            words = shlex.split(line, comments=True)
            while words and re.fullmatch(r"[A-Z_]+=\S*", words[0]):
                words.pop(0)
            if words[:3] == ["python", "-m", "fmnist"]:
                yield words[3:]
            elif words[:1] == ["fmnist"]:
                yield words[1:]


def refusal(words: list[str]) -> str:
    """What the command line says of arguments that it does not take."""
    with contextlib.redirect_stderr(io.StringIO()) as said, contextlib.suppress(SystemExit):
        arguments.parser().parse_args(words)
    return said.getvalue()


@pytest.mark.parametrize("path", PAGES, ids=BY_NAME)
def test_every_command_exists_with_its_options(path):
    for words in commands(path):
        if {"COMMAND", "--help"}.isdisjoint(words):
            assert not refusal([word for word in words if word != "..."]), path.name


def test_the_pages_have_commands_to_check():
    assert sum(len([*commands(path)]) for path in PAGES) > 40


@pytest.mark.parametrize("path", PAGES, ids=BY_NAME)
def test_python_code_is_python(path):
    for code in blocks(path, "python"):
        if not code.startswith(
            ">>>"
        ):  # those are run: tests/test_api.py, tests/inference/test_serving.py
            compile(code, path.name, "exec")


def navigation(part: object) -> Iterator[str]:
    """The pages that a part of mkdocs.yml's `nav` has."""
    if isinstance(part, str):
        yield part
    else:
        parts = part.values() if isinstance(part, dict) else part
        for each in parts:
            yield from navigation(each)


def test_every_page_of_docs_is_in_the_navigation():
    shown = {*navigation(yaml.safe_load((ROOT / "mkdocs.yml").read_text())["nav"])}
    missing = {path.name for path in (ROOT / "docs").glob("*.md")} - shown
    assert not missing, f"add to `nav` in mkdocs.yml: {', '.join(sorted(missing))}"


@pytest.mark.slow
def test_the_site_is_built_strictly_and_loads_nothing_from_other_servers(tmp_path):
    command = [sys.executable, ROOT / "docs" / "_site" / "build.py", tmp_path / "site"]
    built = subprocess.run(
        command, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert built.returncode == 0, built.stderr
    pages = {path.relative_to(tmp_path / "site"): path for path in tmp_path.glob("site/**/*.html")}
    lessons = {path.stem for path in (ROOT / "fmnist/resources/lessons").glob("*.md")}
    assert {path.stem for path in pages.values()} >= {"index", "serve", "options", *lessons}
    loading = re.compile(r'<(?:script|link|img|iframe)[^>]*(?:src|href)="?(?:https?:)?//')
    for name, page in pages.items():
        assert not loading.search(page.read_text()), name
    for style in tmp_path.glob("site/assets/**/*.css"):
        assert not re.search(r"url\([\"']?(https?:)?//", style.read_text()), style.name
    reference = (tmp_path / "site" / "reference.html").read_text()
    for name in ("Classifier.predict_many", "Prediction.by_class", "Recipe.changed"):
        assert f'.{name}"' in reference, name
    assert "--max-batch" in (tmp_path / "site" / "options.html").read_text()


@pytest.mark.slow
def test_the_network_and_the_command_of_the_manual_train(tmp_path):
    (code,) = blocks(ROOT / "docs" / "own-data.md", "python")
    (tmp_path / "my_net.py").write_text(code)
    (words,) = (
        each for each in commands(ROOT / "docs" / "own-data.md") if "my_net.py:build" in each
    )
    place = {"my_net.py:build": f"{tmp_path / 'my_net.py'}:build"}
    quick = ("--training-images", "600", "--run", tmp_path / "run")
    done = fmnist(*(place.get(word, word) for word in words), *quick)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "run" / "model.tflite").exists()
