"""One damaged value or file in one run's directory: the other runs stay as they were."""

import copy
import itertools
import json
import math
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fmnist.app.models import one_model
from fmnist.cli.run_commands import print_models
from fmnist.inference import classifier
from fmnist.machine import folders
from fmnist.recipes import settings
from fmnist.runs import cache, changes, learning_curve, listing, queue, table
from fmnist.runs.files import RunError
from fmnist.runs.run import Run

from ..app.visiting import visit
from ..conftest import in_one_sentence

NASTY = [
    *(None, True, -1, 0, 10**400, 1.5, 1e308, math.nan),
    *("", "../x", "\udc80", "1" * 20_000, ["x"], [[]], {"x": [1]}),
]
FILES = ("run.json", "status.json", "result.json", "metrics.jsonl")
FIGURES = {"test_accuracy", "test_loss", "seconds", "parameters", "megaflops", "seconds_in_all"}


def leaves(content: Any, path: tuple = ()) -> Iterator[tuple]:
    """The place of each value in a JSON document, of lists and objects too; those at the ends alone."""
    if path:
        yield path
    if isinstance(content, dict):
        for name, value in content.items():
            yield from leaves(value, (*path, name))
    elif isinstance(content, list):
        for place in sorted({0, len(content) - 1} & set(range(len(content)))):
            yield from leaves(content[place], (*path, place))


def damaged(content: Any, path: tuple, value: Any) -> str:
    """The document as text, with that value at that place."""
    content = copy.deepcopy(content)
    inner = content
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return json.dumps(content)


def read_whole(file: Path) -> list[Any]:
    """The JSON documents in a file: one, or one a line."""
    text = file.read_text()
    return [json.loads(line) for line in (text.splitlines() if file.suffix == ".jsonl" else [text])]


def look_at_all(capsys) -> dict[str, dict]:
    """What the command line and the pages say of every run: a row each, by the name."""
    for run in listing.list_runs():
        if run.state != "broken":
            rows = run.metrics()
            learning_curve.first_good_epoch(rows)
            learning_curve.by_split(rows, run.recipe.splits, (run.result or {}).get("kept_epoch"))
            changes.settings_in_words(run)
            changes.now(run)
            settings.differences(run.recipe)
            one_model.made_with(run)
        if run.usable:
            one_model.outcome(run, run.metrics())
        queue.ahead_of(run) if run.state == "queued" else None
    rows = [json.loads(json.dumps(table.row(run))) for run in listing.list_runs()]
    print_models(rows)
    assert capsys.readouterr().err == ""
    return {row["name"]: row for row in rows}


@pytest.fixture
def changed(running) -> Run:
    """A run that trains, of which one change has effect and another waits."""
    changes.request(running, {"learning_rate": 0.02})
    changes.place(running, 1.25, 12, [])
    changes.request(running, {"augmentation": ["flip", "shift"]})
    return running


@pytest.fixture
def few_shipped(tmp_path, monkeypatch):
    """One model ships, so that many looks take little time."""
    shutil.copytree(folders.SHIPPED / "mlp-256", tmp_path / "models" / "mlp-256")
    monkeypatch.setattr("fmnist.machine.folders.SHIPPED", tmp_path / "models")


@pytest.mark.usefixtures("few_shipped")
@pytest.mark.parametrize(
    ("which", "name"),
    [
        ("tiny", "run.json"),
        ("running", "status.json"),
        ("tiny", "result.json"),
        ("tiny", "metrics.jsonl"),
        ("running", "metrics.jsonl"),
        ("changed", "changes.json"),
    ],
)
def test_any_value_of_a_run_may_be_damaged_and_the_others_are_listed_unchanged(
    which, name, tiny, running, capsys, request
):
    run = request.getfixturevalue(which)
    before = look_at_all(capsys)
    others, usable = before.keys() - {run.name}, {run.name for run in listing.usable_runs()}
    document = read_whole(run.path / name)[-1]
    cases = list(itertools.product(leaves(document), NASTY))
    for path, value in cases[
        ::2
    ]:  # an odd number of values: a place gets one half, the next the other
        (run.path / name).write_text(damaged(document, path, value))
        seen, case = look_at_all(capsys), (path, value)
        assert all(seen[other] == before[other] for other in others), case
        assert {each.name for each in listing.usable_runs()} | {run.name} >= usable, case
        row = seen[run.name]
        if row["state"] == "broken" or (name == "changes.json" and "error" in row):
            assert in_one_sentence(row["error"]), case
            assert name in row["error"], case
        else:
            assert all(math.isfinite(row[key]) and row[key] >= 0 for key in FIGURES & row.keys()), (
                case
            )


# What may stand in the place of a file.


def folder(path: Path) -> None:
    path.mkdir()


def loop(path: Path) -> None:
    path.symlink_to(path)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def huge(path: Path) -> None:
    with open(path, "wb") as file:
        file.truncate(300 * 1024**2)


def binary(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 40)


def deep(path: Path) -> None:
    path.write_text('{"recipe": ' + "[" * 200_000)


@pytest.mark.usefixtures("few_shipped")
@pytest.mark.parametrize("make", [folder, loop, device, os.mkfifo, huge, binary, deep])
@pytest.mark.parametrize(
    "name", [*FILES, "predictions.npz", "model.keras", "model.tflite", "log.txt", "stop"]
)
def test_anything_may_stand_in_a_files_place_and_nothing_waits_for_it(
    make, name, tiny, running, capsys
):
    before = look_at_all(capsys)
    if (path := tiny.path / name).exists():
        path.unlink()
    make(path)
    seen = look_at_all(capsys)
    assert seen[running.name] == before[running.name]
    assert "tiny-running" in [run.name for run in listing.list_own_runs()]
    if seen[tiny.name]["state"] == "broken":
        assert in_one_sentence(seen[tiny.name]["error"])
    assert len(tiny.log()) < 1_000_000
    if name == "predictions.npz":
        with pytest.raises(RunError):
            tiny.predictions()


@pytest.mark.parametrize("page", ["try_it", "train", "models", "mistakes", "data"])
def test_every_page_is_shown_beside_a_damaged_run_of_each_kind(page, tiny, running, home):
    for number, value in enumerate([10**400, math.nan, -1, "yesterday", True, {}]):
        run = Run(shutil.copytree(tiny.path, home / f"run-{number}"))
        about = json.loads((run.path / "run.json").read_text())
        (run.path / "run.json").write_text(json.dumps(about | {"created_at": value}))
    names = (*FILES, "changes.json")
    for name, make in itertools.product(names, (folder, loop, os.mkfifo, huge, deep)):
        run = Run(shutil.copytree(running.path, home / f"{name}-{make.__name__}"))
        (run.path / name).unlink(missing_ok=True)
        make(run.path / name)
    app = visit("" if page == "try_it" else page)
    assert not app.exception, app.exception
    if page == "train":
        some = ("run-0", "run.json-folder", "status.json-loop", "metrics.jsonl-mkfifo")
        for run in (*some, "changes.json-mkfifo", "changes.json-huge"):
            app.query_params["run"] = run
            assert not app.run().exception, app.exception


def test_what_must_not_be_read_is_broken_and_troubles_nobody(tiny, running, as_another_user):
    running.path.chmod(0)
    try:
        assert running.state == "broken"
        assert "Permission denied" in running.problem
        assert tiny.usable
        assert tiny.name in [run.name for run in listing.list_own_runs()]
        tiny.path.parent.chmod(0)
        assert listing.list_own_runs() == []
    finally:
        tiny.path.parent.chmod(0o755)
        running.path.chmod(0o755)


@pytest.fixture
def as_another_user(tmp_path):
    """Nobody special, where the tests run as root, whom nothing is denied."""
    if os.geteuid():
        yield
        return
    for path in (*tmp_path.parents, tmp_path, *tmp_path.rglob("*")):
        if path.is_relative_to(tmp_path):
            os.chown(path, 65534, 65534)
        elif path.owner() == "root" and path != Path("/"):
            path.chmod(path.stat().st_mode | 0o111)
    os.seteuid(65534)
    yield
    os.seteuid(0)


@pytest.mark.parametrize(
    ("probabilities", "predicted"),
    [
        (np.full((10_000, 10), 0.1, np.float32), np.zeros(10_000, np.uint8)),
        (np.full((10_000, 10), 0.1, np.float16), np.zeros(10_000, np.int64)),
        (np.full((10_000, 10), 0.1, np.float16), np.full(10_000, 10, np.uint8)),
        (np.full((10_000, 10), 0.2, np.float16), np.zeros(10_000, np.uint8)),
        (np.full((10_000, 10), np.nan, np.float16), np.zeros(10_000, np.uint8)),
        (
            np.eye(10)[np.zeros(10_000, int)].astype(np.float16) * 3 - 0.2,
            np.zeros(10_000, np.uint8),
        ),
        (np.full((10_000, 10), "a"), np.zeros(10_000, np.uint8)),
    ],
)
def test_predictions_that_are_no_probabilities_are_one_sentence(tiny, probabilities, predicted):
    with open(tiny.path / "predictions.npz", "wb") as file:
        np.savez_compressed(file, probabilities=probabilities, predicted=predicted)
    with pytest.raises(RunError, match="damaged: expected") as error:
        tiny.predictions()
    assert in_one_sentence(str(error.value))


def test_predictions_that_would_fill_the_memory_are_refused(tiny):
    with open(tiny.path / "predictions.npz", "wb") as file:
        np.savez_compressed(file, probabilities=np.zeros((10**6, 10)), predicted=np.zeros(10**6))
    with pytest.raises(RunError, match="damaged"):
        tiny.predictions()


@pytest.mark.parametrize("place", [0.1, 0.5, 0.9])
def test_a_model_with_one_wrong_bit_predicts_nothing(place, tiny):
    classifier.load_quietly(tiny.path)
    content = bytearray((tiny.path / "model.tflite").read_bytes())
    content[int(place * len(content))] ^= 1
    (tiny.path / "model.tflite").write_bytes(content)
    with pytest.raises(RunError, match="complete tiny-1") as error:
        classifier.load_quietly(tiny.path)
    assert in_one_sentence(str(error.value))


def test_each_model_that_ships_is_the_one_that_was_measured():
    for run in listing.list_runs():
        assert run.figures["model_digest"] == cache.digest(run), run.name
