"""Settings changed at the shell while a run trains."""

import json

import pytest

from fmnist.cli import change_command
from fmnist.runs import changes

from ..conftest import tells


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(change_command, "SOON", 0.0)  # nothing trains here


def test_a_setting_is_changed_by_its_name_or_its_option(running, call):
    assert call("change", running.name, "--set", "learning_rate=0.01").returncode == 0
    done = call("change", running.name, "--augmentation", "flip", "shift", "--mix", "none")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Augmentation flip, shift" in done.stdout
    assert [(each["field"], each["value"]) for each in changes.asked(running)] == [
        ("learning_rate", 0.01),
        ("augmentation", ("flip", "shift")),
    ]


def test_what_a_new_rate_means_for_the_schedule_is_printed(make_run, call):
    run = make_run("cycle", "queued", recipe="sprint", updated_at=9e9)
    assert "peak" in call("change", run.name, "--learning-rate", "0.01").stdout


@pytest.mark.parametrize(
    ("given", "facts"),
    [
        (["--set", "learning_rate=-1"], ["Learning rate", "above 0"]),
        (["--set", "epochs=5"], ["epochs", "learning_rate", "augmentation"]),
        (["--set", "lerning_rate=5"], ["learning_rate"]),
        ([], ["--set learning_rate=0.01"]),
    ],
)
def test_what_cannot_be_changed_is_one_sentence(running, refusal, given, facts):
    assert tells(refusal("change", running.name, *given), *facts)
    assert changes.asked(running) == []


def test_a_run_that_has_just_ended_is_one_sentence(tiny, refusal):
    assert tells(refusal("change", "tiny-1", "--set", "mix=fmix"), "tiny-1 is finished")


def test_the_list_of_runs_says_what_was_changed(running, call):
    changes.request(running, {"learning_rate": 0.01})
    changes.place(running, 1.25, 12, [])
    assert "Learning rate 0.01 from epoch 1.25" in call("models").stdout
    rows = map(json.loads, call("models", "--json").stdout.splitlines())
    (row,) = (row for row in rows if row["name"] == running.name)
    assert row["changes"][0]["value"] == 0.01
