"""The script of `script` as a Jupyter notebook, with the recorded learning curves."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from fmnist.runs.run import Run

from . import script

CELL = re.compile(r"^# %% (.+)$", re.MULTILINE)


def write(run: Run, path: Path) -> None:
    """Write the notebook; its cells have not been run.

    Raises:
        RunError: as `script.source`.
        OSError: the file cannot be written.
    """
    nbformat.write(notebook(run), path)


def notebook(run: Run) -> nbformat.NotebookNode:
    """A text cell before each code cell."""
    top, *parts = CELL.split(script.source(run, notebook=True))
    about = f"# {run.name}, trained again\n\n{ast.literal_eval(top)}"
    cells = [new_markdown_cell(about.strip())]
    for heading, part in zip(parts[::2], parts[1::2], strict=True):
        text, code = _divided(part.strip().splitlines())
        cells += [new_markdown_cell(f"## {heading}\n\n{text}".strip()), new_code_cell(code)]
    for number, cell in enumerate(cells):  # else they are drawn, and two exports of a run differ
        cell["id"] = f"cell-{number}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def _divided(lines: list[str]) -> tuple[str, str]:
    """The text of the comment that begins a part, and the code after it."""
    comments = list(_comments(lines))
    return " ".join(comments), "\n".join(lines[len(comments) :]).strip()


def _comments(lines: list[str]) -> Iterator[str]:
    for line in lines:
        if not line.startswith("# "):
            return
        yield line.removeprefix("# ")
