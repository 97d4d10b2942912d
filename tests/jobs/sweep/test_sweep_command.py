"""`python -m fmnist sweep` and `sweeps`, with real trainings."""

import json
import signal
import subprocess
import sys

import pytest

from fmnist.cli.commands import main
from fmnist.machine import folders
from fmnist.runs import listing, sweeps

from ...conftest import fmnist, tells, wait_until

FEW = ("--set", "epochs=2", "--set", "training_images=600")


@pytest.mark.slow
def test_a_sweep_whose_process_is_killed_goes_on_and_trains_nothing_twice(home):
    command = ["sweep", "tiny", *FEW, "--set", "learning_rate=0.001,0.003,0.01", "--seeds", "2"]
    begun = subprocess.Popen(
        [sys.executable, "-m", "fmnist", *command], cwd=folders.ROOT, stdout=subprocess.DEVNULL
    )
    wait_until(lambda: len(listing.list_own_runs()) > 1, "two runs of the sweep")
    begun.send_signal(signal.SIGKILL)
    begun.wait()
    sweep = sweeps.find("tiny-1")
    assert sweep.state == "interrupted"
    resumed = fmnist("sweeps", "resume", "tiny-1")
    assert resumed.returncode == 0, resumed.stderr
    assert sweep.state == "finished"
    runs = [(run.sweep["trial"], run.recipe.seed) for run in sweep.runs() if run.sweep]
    assert len(runs) == len(set(runs)) == sweep.cost.runs
    for run in sweep.runs():
        assert run.log().count("Training tiny-") == 1
        assert sum(row.get("end_of_epoch", False) for row in run.metrics()) <= 2
    best = sweep.best
    assert best
    assert len(best.accuracies) == len(sweep.test_accuracies) == 2
    assert f"trial {best.number}" in resumed.stdout


@pytest.mark.slow
def test_ctrl_c_stops_the_sweep_and_its_runs(home):
    command = ["sweep", "tiny", "--set", "epochs=40", "--set", "learning_rate=0.001,0.003"]
    begun = subprocess.Popen(
        [sys.executable, "-m", "fmnist", *command, "--json"],
        cwd=folders.ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    wait_until(lambda: any(run.metrics() for run in listing.list_own_runs()), "an epoch")
    begun.send_signal(signal.SIGINT)
    told = json.loads(begun.communicate(timeout=60)[0])
    assert told["state"] == "stopped"
    assert begun.returncode == 1
    assert {run.state for run in listing.list_own_runs()} == {"stopped"}
    assert [trial["state"] for trial in told["trials"]] == ["interrupted"] * 2


def test_what_cannot_be_is_one_sentence(capsys):
    some = ["--set", "learning_rate=0.01,0.1"]
    for arguments, says in (
        (["sweep", "tinny", *some], "tinny"),
        (["sweep", "tiny"], "two values or more"),
        (["sweep", "tiny", "--set", "learning_rate"], "FIELD=VALUES"),
        (["sweep", "tiny", *some, *some], "twice"),
        (["sweep", "tiny", *some, "--seeds", "0"], "seeds"),
        (["sweep", "tiny", *some, "--name", "a/b"], "a/b"),
        (["sweeps", "show", "none"], "none"),
    ):
        assert main(arguments) == 1
        assert tells(capsys.readouterr().err, says), arguments


def test_sweeps_are_listed_in_words_and_as_json(make_sweep, capsys):
    make_sweep()
    (make_sweep(name="broken").path / "sweep.json").write_text("{")
    assert main(["sweeps"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("tiny-1") and "running" in line for line in lines)
    assert any(line.startswith("broken") and "sweep.json" in line for line in lines)
    assert main(["sweeps", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {row["name"]: row["state"] for row in rows} == {"tiny-1": "running", "broken": "broken"}
    assert main(["sweeps", "show", "tiny-1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["cost"]["full_epochs"] == 24


def test_without_optuna_a_sentence_says_what_to_install(make_sweep, monkeypatch, capsys):
    from fmnist.jobs.sweep import launching

    monkeypatch.setattr(launching.importlib.util, "find_spec", lambda name: None)
    assert main(["sweep", "tiny", "--set", "learning_rate=0.01,0.1"]) == 1
    assert tells(capsys.readouterr().err, "optuna", "pip install")
