"""The files of a run: its curve, its test predictions, and how each is replaced as a whole."""

import json
import random
import threading

import numpy as np
import pytest

from fmnist.machine import folders
from fmnist.recipes import registry
from fmnist.runs import queue
from fmnist.runs.files import RunError
from fmnist.runs.run import Run
from fmnist.runs.writer import RunWriter

from ..conftest import in_one_sentence

# The curve


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


# The test predictions


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


# Replacing


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
