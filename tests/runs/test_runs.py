"""The run directory: what may be relied on whoever wrote it, and however it ended."""

import dataclasses
import json
import os
import random
import threading
import time

import numpy as np
import pytest

from fmnist import machine
from fmnist.recipes import registry
from fmnist.runs import creation, folders, listing, queue, remarks
from fmnist.runs.files import RunError
from fmnist.runs.run import Run
from fmnist.runs.states import state_of
from fmnist.runs.writer import RunWriter

from ..conftest import in_one_sentence

TINY = registry.find("tiny")
NOW = 1_000_000.0
RESULT = {"test_accuracy": 0.75, "stopped": False}


@pytest.mark.parametrize(
    ("expected", "status", "result", "stop", "alive"),
    [
        ("queued", {"state": "queued", "pid": None, "updated_at": NOW - 29}, None, False, False),
        (
            "interrupted",
            {"state": "queued", "pid": None, "updated_at": NOW - 31},
            None,
            False,
            False,
        ),
        (
            "interrupted",
            {"state": "queued", "pid": None, "updated_at": NOW + 31},
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
    assert run.description["dataset"] == "fashion-mnist"
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
        with pytest.raises(RunError, match="No run can be written") as error:
            creation.create(TINY)
        assert in_one_sentence(str(error.value))
        assert all(run.shipped for run in listing.list_runs())


def test_runs_are_listed_shipped_ones_first_then_the_newest(make_run, broken):
    for name, age in (("middle", 200), ("old", 300), ("new", 100)):
        run = make_run(name)
        description = run.description | {"created_at": NOW - age}
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


# What is broken is listed as broken, in one sentence, and troubles nobody.

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
    assert "python -m fmnist export tiny-1" in remarks.remark(tiny, tiny.state)


def test_a_state_that_nobody_knows_is_broken(running):
    RunWriter(running).update_status(state="dancing", **machine.this_process())
    assert running.state == "broken"


def test_a_result_that_says_too_little_is_broken(tiny):
    (tiny.path / "result.json").write_text('{"test_accuracy": 0.5}')
    assert tiny.state == "broken"
    (tiny.path / "result.json").write_text(json.dumps({"test_accuracy": "good", "layers": []}))
    assert tiny.state == "broken"


# The curve.


def test_the_curve_is_read_as_it_was_written(running):
    rows = running.metrics()
    assert [row["epoch"] for row in rows] == [0.5, 1, 1.4]
    assert [row.get("end_of_epoch", False) for row in rows] == [False, True, False]


@pytest.mark.parametrize("torn", ['{"epoch": 1.6, "lo', "{", '{"epoch": 1.6, "loss": 0.7', "\xff"])
def test_a_torn_last_line_of_the_curve_is_dropped(running, torn):
    with open(running.path / "metrics.jsonl", "ab") as file:
        file.write(torn.encode("latin-1"))
    assert [row["epoch"] for row in running.metrics()] == [0.5, 1, 1.4]


@pytest.mark.parametrize("line", ["17", "null", "[]", "{}", '"text"'])
def test_a_line_that_is_no_point_of_a_curve_is_dropped(running, line):
    with open(running.path / "metrics.jsonl", "a") as file:
        file.write(line + "\n")
    assert [row["epoch"] for row in running.metrics()] == [0.5, 1, 1.4]


def test_a_resumed_curve_goes_on_after_its_checkpoint_with_no_torn_line_between(running):
    with open(running.path / "metrics.jsonl", "a") as file:
        file.write('{"epoch": 1.6, "lo')
    RunWriter(running).keep_metrics(lambda row: row["epoch"] <= 1)
    RunWriter(running).add_metrics(epoch=1.2, loss=0.8, accuracy=0.7)
    lines = (running.path / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line)["epoch"] for line in lines] == [0.5, 1, 1.2]


# The test predictions.


def test_the_predictions_are_kept_small_and_the_classes_exact(tiny):
    probabilities, predicted = tiny.predictions()
    assert probabilities.shape == (10_000, 10)
    assert probabilities.dtype == np.float16
    assert predicted.shape == (10_000,)
    assert predicted.dtype == np.uint8


def spoil(run: Run, content: bytes) -> str:
    (run.path / "predictions.npz").write_bytes(content)
    with pytest.raises(RunError) as error:
        run.predictions()
    assert "predictions.npz" in str(error.value)
    return str(error.value)


@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.99])
def test_predictions_that_were_cut_short_are_one_sentence(tiny, share):
    whole = (tiny.path / "predictions.npz").read_bytes()
    assert in_one_sentence(spoil(tiny, whole[: int(share * len(whole))]))


def test_predictions_with_bytes_changed_anywhere_are_one_sentence(tiny):
    whole, rng = (tiny.path / "predictions.npz").read_bytes(), random.Random(0)
    for _ in range(60):
        spoiled = bytearray(whole)
        for _ in range(6):
            spoiled[rng.randrange(len(whole))] = rng.randrange(256)
        spoiled[rng.randrange(100)] = spoiled[-rng.randrange(1, 200)] = rng.randrange(256)
        assert in_one_sentence(spoil(tiny, bytes(spoiled)))


def test_predictions_of_too_few_images_are_one_sentence(tiny):
    with open(tiny.path / "predictions.npz", "wb") as file:
        np.savez_compressed(file, probabilities=np.zeros((9, 10)), predicted=np.zeros(9, int))
    with pytest.raises(RunError, match="should hold 10,000"):
        tiny.predictions()


def test_predictions_that_would_run_code_are_refused(tiny):
    with open(tiny.path / "predictions.npz", "wb") as file:
        np.savez(file, probabilities=np.array([print], object), predicted=np.zeros(10_000, int))
    with pytest.raises(RunError):
        tiny.predictions()


# Replacing.


def test_whoever_reads_the_status_while_it_is_written_reads_a_whole_one(running):
    done = threading.Event()

    def write():
        for step in range(300):
            RunWriter(running).update_status(state="running", step=step, filling="x" * 5_000)
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    reads = 0
    while not done.is_set():
        assert running.status["state"] == "running"
        reads += 1
    writer.join()
    assert reads > 5
    assert sorted(path.name for path in running.path.glob("status*")) == ["status.json"]


def test_a_checkpoint_is_replaced_as_a_whole_or_not_at_all(running):
    RunWriter(running).save_checkpoint(lambda folder: (folder / "weights").write_text("old"))

    def break_off(folder):
        (folder / "weights").write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        RunWriter(running).save_checkpoint(break_off)
    assert (running.checkpoint / "weights").read_text() == "old"
    RunWriter(running).save_checkpoint(lambda folder: (folder / "weights").write_text("new"))
    assert (running.checkpoint / "weights").read_text() == "new"
    assert [path.name for path in running.path.glob("checkpoint*")] == ["checkpoint"]


def test_a_checkpoint_that_finds_the_disk_full_gives_its_space_back(running):
    def break_off(folder):
        (folder / "weights").write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        RunWriter(running).save_checkpoint(break_off)
    assert not list(running.path.glob("checkpoint*"))


def test_a_machine_switched_off_between_two_checkpoints_leaves_the_older(running):
    RunWriter(running).save_checkpoint(lambda folder: (folder / "weights").write_text("old"))
    running.checkpoint.rename(running.path / "checkpoint.old")
    (running.path / "checkpoint.new").mkdir()
    assert (running.checkpoint / "weights").read_text() == "old"
    RunWriter(running).save_checkpoint(lambda folder: (folder / "weights").write_text("new"))
    assert (running.checkpoint / "weights").read_text() == "new"


def test_a_resumed_run_is_queued_anew_without_its_stop_and_its_result(tiny):
    queue.request_stop(tiny)
    queue.add(tiny)
    assert not tiny.stop_requested
    assert tiny.result is None
    assert tiny.state == "queued"


def test_the_form_of_a_finished_run_is_the_one_the_architecture_promises(tiny):
    promised = {"run.json", "status.json", "metrics.jsonl", "model.keras", "model.tflite"}
    assert {path.name for path in tiny.path.iterdir()} == promised | {
        "predictions.npz",
        "result.json",
        ".worker.lock",
    }


@pytest.mark.parametrize("name", ["dropout-cnn", "mlp-256", "two-conv"])
def test_a_trained_run_of_each_recipe_ships(name):
    run = Run(folders.SHIPPED / name)
    assert run.shipped
    assert run.state == "finished"
    assert run.recipe == registry.find(name)
    assert abs(run.result["test_accuracy"] - run.recipe.reported_accuracy) < 0.03
