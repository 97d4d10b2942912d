"""The run directory: what holds for any run directory, however its training ended."""

import json
import os
import threading
import time

import pytest

from fmnist import machine
from fmnist.data import fashion_mnist
from fmnist.recipes import registry
from fmnist.runs import creation, listing, queue
from fmnist.runs.files import RunError
from fmnist.runs.states import state_of
from fmnist.runs.writer import RunWriter

from ..conftest import in_one_sentence

TINY = registry.find("tiny")
NOW = 1_000_000.0
RESULT = {"test_accuracy": 0.75, "stopped": False}


@pytest.mark.parametrize(
    ("expected", "status", "result", "stop", "alive"),
    [
        ("queued", {"state": "queued", "pid": None, "updated_at": NOW - 7}, None, False, False),
        (
            "interrupted",
            {"state": "queued", "pid": None, "updated_at": NOW - 9},
            None,
            False,
            False,
        ),
        (
            "interrupted",
            {"state": "queued", "pid": None, "updated_at": NOW + 9},
            None,
            False,
            False,
        ),
        ("queued", {"state": "queued", "pid": 7, "updated_at": NOW - 9_000}, None, False, True),
        ("interrupted", {"state": "queued", "pid": 7, "updated_at": NOW - 1}, None, False, False),
        ("stopping", {"state": "queued", "pid": 7, "updated_at": NOW}, None, True, True),
        ("running", {"state": "running", "pid": 7, "updated_at": NOW}, None, False, True),
        ("running", {"state": "running", "pid": 7, "updated_at": NOW - 9_000}, None, False, True),
        ("stopping", {"state": "running", "pid": 7, "updated_at": NOW}, None, True, True),
        ("interrupted", {"state": "running", "pid": 7, "updated_at": NOW}, None, False, False),
        ("interrupted", {"state": "running", "pid": 7, "updated_at": NOW}, None, True, False),
        ("interrupted", {"state": "running", "pid": None}, None, False, False),
        ("interrupted", {}, None, False, False),
        ("interrupted", {}, None, True, True),
        ("failed", {"state": "failed", "updated_at": NOW}, None, False, False),
        ("failed", {"state": "failed", "updated_at": NOW}, None, True, True),
        ("stopped", {"state": "stopped", "updated_at": NOW}, None, True, False),
        ("finished", {"state": "running", "pid": 7, "updated_at": NOW}, RESULT, False, True),
        ("finished", {"state": "running", "pid": 7, "updated_at": NOW}, RESULT, True, False),
        ("finished", {}, RESULT, False, False),
        ("finished", {}, {"test_accuracy": 0.75}, False, False),
        ("stopped", {"state": "running", "pid": 7}, RESULT | {"stopped": True}, True, True),
        ("stopped", {"state": "running", "pid": 7}, RESULT | {"stopped": True}, True, False),
    ],
)
def test_the_state_follows_from_what_was_written_and_whether_the_worker_lives(
    expected, status, result, stop, alive
):
    assert state_of(status, result, stop, alive, NOW) == expected


def test_a_new_run_is_queued_and_knows_its_recipe_versions_and_machine(home):
    recipe = TINY.changed(epochs=5, augmentation=["flip", "shift"])
    run = creation.create(recipe)
    assert run.path == home / "tiny-1"
    assert run.state == "queued"
    assert run.recipe == recipe
    assert run.description["versions"] == machine.versions()
    assert run.description["machine"] == machine.description()
    assert run.dataset == fashion_mnist.DATASET
    assert abs(run.created_at - time.time()) < 10
    assert (run.result, run.metrics(), run.log(), run.checkpoint) == (None, [], "", None)


def test_the_states_of_real_directories(running, failed, interrupted, broken, tiny):
    states = {run.name: run.state for run in listing.list_runs() if not run.shipped}
    assert states == {
        "tiny-running": "running",
        "tiny-failed": "failed",
        "tiny-interrupted": "interrupted",
        "broken": "broken",
        "tiny-1": "finished",
    }


def test_a_running_run_that_is_asked_to_stop_is_stopping(running):
    queue.request_stop(running)
    assert running.stop_requested
    assert running.state == "stopping"


def test_a_worker_is_not_confused_with_a_later_process_of_the_same_pid(running):
    started = machine.this_process()["pid_started"]
    RunWriter(running).update_status(state="running", pid=os.getpid(), pid_started=started - 100)
    assert running.state == "interrupted"


def test_a_worker_that_ends_just_while_somebody_looks_is_not_taken_for_interrupted(
    running, monkeypatch
):
    def ends_now(status) -> bool:
        RunWriter(running).update_status(state="failed", error="The loss became nan.")
        return False

    monkeypatch.setattr(machine, "is_alive", ends_now)
    assert running.state == "failed"


def test_runs_are_numbered_and_no_two_get_the_same_folder(home):
    made, threads = [], []
    for _ in range(8):
        threads.append(threading.Thread(target=lambda: made.append(creation.create(TINY).name)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [f"tiny-{number}" for number in range(1, 9)]


def test_a_run_can_be_made_in_a_folder_of_ones_own_if_it_is_empty(tmp_path):
    (tmp_path / "mine").mkdir()
    assert creation.create(TINY, tmp_path / "mine").state == "queued"
    with pytest.raises(RunError, match="not empty") as error:
        creation.create(TINY, tmp_path / "mine")
    assert in_one_sentence(str(error.value))


def test_where_no_run_can_be_written_it_is_said_in_one_sentence(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    for place in ("file", "file/below"):
        monkeypatch.setenv("FMNIST_RUNS", str(tmp_path / place))
        with pytest.raises(RunError, match="No run directory can be written") as error:
            creation.create(TINY)
        assert in_one_sentence(str(error.value))
        assert all(run.shipped for run in listing.list_runs())


def test_runs_are_listed_shipped_ones_first_then_the_newest(make_run, broken):
    for name, age in (("middle", 200), ("old", 300), ("new", 100)):
        run = make_run(name)
        description = json.loads((run.path / "run.json").read_bytes()) | {"created_at": NOW - age}
        (run.path / "run.json").write_text(json.dumps(description))
    shipped = sorted(run.name for run in listing.list_runs() if run.shipped)
    assert {"dropout-cnn", "mlp-256", "two-conv"} <= set(shipped)
    assert [run.name for run in listing.list_runs()] == [*shipped, "new", "middle", "old", "broken"]


def test_files_and_hidden_folders_among_the_runs_are_none(home):
    home.mkdir()
    (home / "notes.txt").touch()
    (home / ".place-0.lock").touch()
    (home / ".hidden").mkdir()
    assert all(run.shipped for run in listing.list_runs())


def test_usable_are_the_runs_with_a_model_and_the_default_is_first(tiny, running, failed, broken):
    names = [run.name for run in listing.usable_runs()]
    assert names[0] == registry.DEFAULT
    assert names[-1] == "tiny-1"
    assert not {"tiny-running", "tiny-failed", "broken"} & set(names)


def test_a_run_is_found_by_its_name_or_those_there_are_are_named(tiny):
    assert listing.find("tiny-1") == tiny
    with pytest.raises(RunError, match=r"no run 'tiny-2'.*tiny-1") as error:
        listing.find("tiny-2")
    assert in_one_sentence(str(error.value))
