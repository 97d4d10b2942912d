"""Runs to export, without training any: a shipped one with another recipe or data set."""

import dataclasses
import json
import shutil
from collections.abc import Callable

import pytest

from fmnist.runs import files, listing
from fmnist.runs.run import Run


@pytest.fixture
def run_with(home) -> Callable[..., Run]:
    """A function that gives a copy of a shipped run whose recipe has other values."""

    def make(**fields) -> Run:
        home.mkdir(parents=True, exist_ok=True)
        run = Run(shutil.copytree(listing.find("mlp-256").path, home / "copy", dirs_exist_ok=True))
        described = json.loads((run.path / "run.json").read_text())
        described["recipe"] = dataclasses.asdict(run.recipe) | fields
        files.write(run.path / "run.json", described)
        return run

    return make
