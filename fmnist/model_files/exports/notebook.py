"""The script of `script` as a Jupyter notebook, with the recorded learning curves."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fmnist.runs.run import Run

from . import script

CELL = re.compile(r"^# %% (.+)$", re.MULTILINE)
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def write(run: Run, path: Path) -> None:
    """Write the notebook; its cells have not been run.

    Raises:
        RunError: as `script.source`.
        OSError: the file cannot be written.
    """
    path.write_text(json.dumps(notebook(run), indent=1) + "\n", "utf-8")


def notebook(run: Run) -> dict[str, Any]:
    """The notebook in Jupyter's format (https://nbformat.readthedocs.io), a text cell before each code cell."""
    top, *parts = CELL.split(script.source(run, notebook=True))
    texts = [("markdown", f"# {run.name}, trained again\n\n{ast.literal_eval(top).strip()}")]
    for heading, part in zip(parts[::2], parts[1::2], strict=True):
        text, code = _divided(part.strip().splitlines())
        texts += [("markdown", f"## {heading}\n\n{text}".strip()), ("code", code)]
    cells = [_cell(number, kind, text) for number, (kind, text) in enumerate(texts)]
    return {
        "cells": cells,
        "metadata": {"kernelspec": KERNEL},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _cell(number: int, kind: str, text: str) -> dict[str, Any]:
    cell = {"cell_type": kind, "id": f"cell-{number}", "metadata": {}, "source": text}
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def _divided(lines: list[str]) -> tuple[str, str]:
    """The text of the comment that begins a part, and the code after it."""
    comments = list(_comments(lines))
    return " ".join(comments), "\n".join(lines[len(comments) :]).strip()


def _comments(lines: list[str]) -> Iterator[str]:
    for line in lines:
        if not line.startswith("# "):
            return
        yield line.removeprefix("# ")
