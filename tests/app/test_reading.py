"""Pages look at all runs at each rerun: what has not changed is not opened again."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fmnist.machine import folders
from fmnist.runs import files, listing
from fmnist.runs.run import Run

opened: list[str] | None = None


def _note(event: str, arguments: tuple) -> None:
    if event == "open" and opened is not None:
        opened.append(str(arguments[0]))


sys.addaudithook(_note)


@contextmanager
def noting() -> Iterator[list[str]]:
    """The paths of all files that are opened meanwhile."""
    global opened
    opened = noted = []
    try:
        yield noted
    finally:
        opened = None


def of_runs(paths: list[str]) -> list[str]:
    return [path for path in paths if path.startswith((str(folders.SHIPPED), str(folders.home())))]


def test_a_second_look_at_all_runs_opens_none_of_their_files(tiny):
    with noting() as first:
        names = [run.name for run in listing.usable_runs()]
    with noting() as second:
        assert [run.name for run in listing.usable_runs()] == names
        assert tiny.recipe.name == "tiny"
        assert tiny.result["test_accuracy"] > 0.5
    assert str(tiny.path / "result.json") in first
    assert of_runs(second) == []


@pytest.mark.parametrize("replace", [True, False])
def test_what_has_changed_is_read(tiny, replace):
    before, path = tiny.result, tiny.path / "result.json"
    content = before | {"test_accuracy": 0.125}
    if replace:
        files.write(path, content)
    else:
        path.write_text(json.dumps(content))
    assert tiny.result["test_accuracy"] == 0.125
    path.unlink()
    assert tiny.result is None


def test_what_one_reader_changes_is_not_what_another_reads(tiny):
    tiny.result.pop("layers")
    assert Run(Path(tiny.path)).result["layers"]
