"""What is broken is listed as broken, in one sentence, and troubles nobody."""

import dataclasses
import json

import pytest

from fmnist import machine
from fmnist.recipes import registry
from fmnist.runs import listing, remarks
from fmnist.runs.run import Run
from fmnist.runs.writer import RunWriter

from ..conftest import in_one_sentence

TINY = registry.find("tiny")
NOW = 1_000_000.0

GOOD = {"recipe": dataclasses.asdict(TINY), "created_at": NOW}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        "\x00\xff",
        '{"recipe": {}}',
        json.dumps(GOOD | {"recipe": None}),
        json.dumps(GOOD | {"recipe": []}),
        json.dumps(GOOD | {"recipe": {"name": "tiny"}}),
        json.dumps(GOOD | {"recipe": GOOD["recipe"] | {"epochs": 0}}),
        json.dumps(GOOD | {"recipe": GOOD["recipe"] | {"epochs": "3"}}),
        json.dumps(GOOD | {"recipe": GOOD["recipe"] | {"learning_rate": "fast"}}),
        json.dumps(GOOD | {"recipe": GOOD["recipe"] | {"augmentation": None}}),
        json.dumps(GOOD | {"recipe": GOOD["recipe"] | {"architecture": "gone"}}),
        json.dumps(GOOD | {"recipe": GOOD["recipe"] | {"of_a_later_version": 1}}),
        json.dumps(GOOD | {"created_at": "yesterday"}),
        json.dumps(GOOD | {"created_at": None}),
    ],
)
def test_a_damaged_run_json_makes_the_run_broken_and_the_list_stays_whole(content, make_run, home):
    make_run("good")
    (home / "bad").mkdir()
    (home / "bad" / "run.json").write_bytes(content.encode("latin-1"))
    listed = {run.name: run for run in listing.list_runs() if not run.shipped}
    assert listed["good"].state == "queued"
    assert listed["bad"].state == "broken"
    assert in_one_sentence(listed["bad"].problem)
    assert str(home / "bad") in listed["bad"].problem


def test_a_folder_without_run_json_is_broken(home):
    (home / "holiday photos").mkdir(parents=True)
    assert "run.json is missing" in Run(home / "holiday photos").problem


@pytest.mark.parametrize("name", ["run.json", "status.json", "result.json"])
@pytest.mark.parametrize("content", ["", "{", "[1]"])
def test_each_file_cut_short_is_said_to_be(tiny, name, content):
    (tiny.path / name).write_text(content)
    assert tiny.state == "broken"
    assert name in tiny.problem


@pytest.mark.parametrize("name", ["model.keras", "predictions.npz"])
def test_a_result_without_its_files_is_broken(tiny, name):
    (tiny.path / name).unlink()
    assert tiny.state == "broken"
    assert name in tiny.problem
    assert tiny.name not in [run.name for run in listing.usable_runs()]


def test_a_model_from_where_tensorflow_is_not_installed_says_how_it_is_completed(tiny):
    (tiny.path / "model.tflite").unlink()
    assert tiny.state == "finished"
    assert not tiny.usable
    assert tiny.name not in [run.name for run in listing.usable_runs()]
    assert "python -m fmnist complete tiny-1" in remarks.remark(tiny, tiny.state)


def test_a_state_that_nobody_knows_is_broken(running):
    RunWriter(running).update_status(state="dancing", **machine.this_process())
    assert running.state == "broken"


def test_a_result_that_says_too_little_is_broken(tiny):
    (tiny.path / "result.json").write_text('{"test_accuracy": 0.5}')
    assert tiny.state == "broken"
    (tiny.path / "result.json").write_text(json.dumps({"test_accuracy": "good", "layers": []}))
    assert tiny.state == "broken"
