"""Builds the site: `make docs`. Its pages are docs/*.md, what stands elsewhere, and a reference of the code.

All of them are written to a temporary folder, as plain Markdown, before MkDocs is started: another program
that reads mkdocs.yml can take its place. Zensical, Material's successor, is one.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
DOCS, RESOURCES = ROOT / "docs", ROOT / "fmnist" / "resources"
LESSONS, GLOSSARY = RESOURCES / "lessons", RESOURCES / "glossary.toml"
FROM_ELSEWHERE = {
    "README.md": "index.md",
    "ARCHITECTURE.md": "ARCHITECTURE.md",
    "CONTRIBUTING.md": "CONTRIBUTING.md",
    "CHANGELOG.md": "CHANGELOG.md",
    "models/README.md": "models.md",
}
PUBLIC = (  # what a program imports
    "fmnist.inference.classifier.Classifier",
    "fmnist.inference.prediction.Prediction",
    "fmnist.data.image_files.ImageFileError",
    "fmnist.runs.files.RunError",
    "fmnist.runs.run.Run",
    "fmnist.recipes.recipe.Recipe",
    "fmnist.recipes.hyperparameters.Hyperparameters",
    "fmnist.data.dataset.DataSet",
    "fmnist.data.dataset.Form",
)
RELATIVE = re.compile(r"\[([^\]]*)\]\((?!\w+:|#)([^)#\s]+)(#[^)]*)?\)")
TERM = re.compile(r"\[([^\]]*)\]\(#(term-[^)]*)\)")
IN_THE_APP = re.compile(r"\[([^\]]*)\]\((?!\w+:|\.\./)[^)]*\)")
FOLDED = re.compile(r"^## (Solution|For teachers)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)


def build(site: Path) -> None:
    """Build it in a folder, which is emptied first.

    Raises:
        CalledProcessError: a link leads nowhere, say; MkDocs has printed which.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(DOCS, folder / "docs", ignore=shutil.ignore_patterns("_*", "*.json"))
        for page, text in pages():
            path = folder / "docs" / page
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        config = folder / "mkdocs.yml"
        config.write_text(yaml.safe_dump(configuration() | {"site_dir": str(site.resolve())}))
        subprocess.run(
            [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-f", config],
            env=os.environ | {"PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1"},
            check=True,
        )


def configuration() -> dict[str, Any]:
    """mkdocs.yml, with the lessons among the tutorials."""
    found: dict[str, Any] = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    tutorials = next(part["Tutorials"] for part in found["nav"] if "Tutorials" in part)
    tutorials[:0] = [f"lessons/{path.name}" for path in lessons()]
    return found


def pages() -> Iterator[tuple[str, str]]:
    """Each page that is written: its name, and its text."""
    for path in sorted(DOCS.glob("*.md")):
        yield path.name, _led(path)
    for name, page in FROM_ELSEWHERE.items():
        yield page, _led(ROOT / name)
    for path in lessons():
        yield f"lessons/{path.name}", _lesson(path.read_text(encoding="utf-8"))
    yield "glossary.md", _glossary()
    yield "reference.md", _reference()
    yield "options.md", _options()


def lessons() -> list[Path]:
    """The files of the lessons, in their order."""

    def order(path: Path) -> int:
        found = re.search(r"^order: *(\d+)", path.read_text(encoding="utf-8"), re.MULTILINE)
        return int(found[1]) if found else 0

    return sorted(LESSONS.glob("*.md"), key=lambda path: (order(path), path.name))


def _led(source: Path) -> str:
    """A text of the repository whose links lead to pages of the site; to what it has not, none leads."""

    def led(match: re.Match[str]) -> str:
        text, target, anchor = match.groups()
        path = (source.parent / target).resolve()
        name = path.relative_to(ROOT).as_posix()
        page = FROM_ELSEWHERE.get(name, path.name if path.parent == DOCS else "")
        return f"[{text}]({page}{anchor or ''})" if page else text

    return RELATIVE.sub(led, source.read_text(encoding="utf-8"))


def _lesson(text: str) -> str:
    """A lesson to read; what leads into the app is in bold."""
    _, head, body = text.split("---\n", 2)
    title = re.search(r"^title: *(.+)$", head, re.MULTILINE)
    body = re.sub(r"^Done when: .*\n", "", body, flags=re.MULTILINE)
    note = "In the app, on the page *Learn*, this lesson sets everything up for you."
    body = TERM.sub(r"[\1](../glossary.md#\2)", body)
    body = IN_THE_APP.sub(r"**\1**", body).replace("- [x] ", "- [ ] ")
    body = FOLDED.sub(_folded, body)
    return f"# {title[1] if title else 'Lesson'}\n\n{note}\n\n{body}"


def _glossary() -> str:
    """The terms that the app explains, as definitions."""
    terms = tomllib.loads(GLOSSARY.read_text(encoding="utf-8"))
    start = "# Glossary\n\nThe app explains these terms, each with a diagram, where they stand."
    named = {name: re.sub(r"\W", "-", name.lower()) for name in sorted(terms, key=str.lower)}
    return "\n\n".join(
        [
            start,
            *(
                f"## {name} {{ #term-{anchor} }}\n\n{terms[name]['text']}"
                for name, anchor in named.items()
            ),
        ]
    )


def _folded(match: re.Match[str]) -> str:
    """A section that opens on a click, as Material's Markdown has it."""
    heading, text = match.groups()
    return f'??? note "{heading}"\n\n{textwrap.indent(text.strip(), "    ")}\n\n'


def _reference() -> str:
    """What a program imports, from the docstrings."""
    start = "# Python\n\nFrom the docstrings. [In Python](python.md) shows how to use them."
    return "\n\n".join([start, *(f"::: {name}" for name in PUBLIC)])


def _options() -> str:
    """The help of each command."""
    start = "# Options\n\nWhat `--help` prints. [Commands](commands.md) has examples."
    helps = (f"## {name}\n\n```text\n{parser.format_help()}```" for name, parser in _commands())
    return "\n\n".join([start, *helps])


def _commands() -> Iterator[tuple[str, argparse.ArgumentParser]]:
    from fmnist.cli import arguments

    for action in arguments.parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            listed = {each.dest for each in action._choices_actions}  # `wait` has no help
            yield from ((name, each) for name, each in action.choices.items() if name in listed)


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "site")
