"""Real workers: they outlive who started them, wait for their turn, and go on after a crash."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from fmnist import machine
from fmnist.data.fashion_mnist import DATASET
from fmnist.jobs import launcher
from fmnist.jobs.worker import wait_for_run, work
from fmnist.machine import folders
from fmnist.networks.architectures import ARCHITECTURES
from fmnist.recipes import registry
from fmnist.runs import places, queue, remarks, speed, states
from fmnist.runs.files import RunError
from fmnist.runs.run import Run
from fmnist.runs.writer import RunWriter

from ..conftest import KERAS_NOISE, WAIT, in_one_sentence, wait_until

TINY = registry.find("tiny")
SHORT = TINY.changed(epochs=1, training_images=600)

START_THREE = """
import time
from fmnist.jobs import launcher
from fmnist.recipes import registry
from fmnist.runs.writer import RunWriter
recipe = registry.find("tiny").changed(epochs=2, training_images=2_000)
for seed in range(3):
    print(launcher.start(recipe.changed(seed=seed)).name, flush=True)
time.sleep(600)
"""


@pytest.mark.slow
def test_workers_outlive_their_starter_and_train_one_after_the_other(home, monkeypatch):
    monkeypatch.setenv("FMNIST_WORKERS", "1")
    command, pipe = [sys.executable, "-c", START_THREE], subprocess.PIPE
    with subprocess.Popen(
        command, cwd=folders.ROOT, stdout=pipe, text=True, start_new_session=True
    ) as starter:
        first, second, third = (Run(home / starter.stdout.readline().strip()) for _ in range(3))
        os.killpg(starter.pid, signal.SIGKILL)
    assert queue.ahead_of(third) in ([first, second], [second])
    launcher.stop(third)
    wait_until(lambda: third.state == "stopped", "the third run's end")
    while second.state != "finished":
        later, earlier = second.state, first.state  # in this order: what is seen has been
        assert "interrupted" not in (later, earlier)
        assert later == "queued" or earlier == "finished"
        time.sleep(0.02)
    assert second.status["pid"] == first.status["pid"]  # one worker, which has loaded TensorFlow
    assert third.state == "stopped"
    assert (third.result, third.metrics()) == (None, [])
    assert queue.ahead_of(third) == []
    assert [row["epoch"] for row in second.metrics() if "end_of_epoch" in row] == [1, 2]
    wait_until(lambda: "Test accuracy" in second.log(), "the second run's last words")


@pytest.mark.slow
def test_where_a_worker_was_killed_those_who_wait_are_trained_by_another(home, monkeypatch):
    monkeypatch.setenv("FMNIST_WORKERS", "1")
    first, second = launcher.start(TINY), launcher.start(SHORT)
    wait_until(lambda: first.state == "running", "the first to train")
    psutil.Process(first.status["pid"]).kill()
    wait_until(lambda: first.state == "interrupted", "it to be seen")
    assert second.state == "queued"

    def trained() -> bool:
        launcher.bring_workers()  # as the page of who waits does at each look
        return second.state == "finished"

    wait_until(trained, "the second to be trained")
    assert first.state == "interrupted"
    launcher.resume(first)
    wait_until(lambda: first.state == "finished", "the first to be trained")


@pytest.mark.slow
@pytest.mark.usefixtures("signals")
@pytest.mark.filterwarnings(KERAS_NOISE)
def test_a_worker_that_was_killed_is_interrupted_and_resume_goes_on_as_if_it_had_not_been(tiny):
    run = launcher.start(TINY)
    wait_until(lambda: run.checkpoint, "the first checkpoint")
    worker = psutil.Process(run.status["pid"])
    worker.kill()
    worker.wait(WAIT)
    assert run.state == "interrupted"
    with open(run.path / "metrics.jsonl", "a") as curve:
        curve.write('{"epoch": 2.7, "lo')
    launcher.prepare_resume(run)
    assert work(run) is None
    assert run.state == "finished"
    curves = [[row for row in each.metrics() if row.get("end_of_epoch")] for each in (run, tiny)]
    for row, uninterrupted in zip(*curves, strict=True):
        assert row["epoch"] == uninterrupted["epoch"]
        assert row["validation_loss"] == pytest.approx(uninterrupted["validation_loss"], rel=0.02)
    epochs = [row["epoch"] for row in run.metrics() if "end_of_epoch" not in row]
    assert epochs == sorted(set(epochs))  # nothing twice, nothing of the torn line
    assert len(run.metrics()) == len((run.path / "metrics.jsonl").read_text().splitlines())
    assert run.result["test_accuracy"] == pytest.approx(tiny.result["test_accuracy"], abs=0.01)


@pytest.mark.parametrize("state", ["running", "tiny", "broken"])
def test_only_what_has_ended_before_its_time_can_be_resumed(state, request):
    run = request.getfixturevalue(state)
    before = sorted(path.name for path in run.path.iterdir())
    with pytest.raises(RunError, match="only a stopped, failed or interrupted run can be resumed"):
        launcher.resume(run)
    assert sorted(path.name for path in run.path.iterdir()) == before


@pytest.mark.usefixtures("signals")
def test_a_stopped_run_that_is_resumed_and_stopped_while_it_waits_has_its_model_still(stopped):
    launcher.prepare_resume(stopped)
    assert (stopped.state, stopped.usable) == ("queued", False)
    queue.request_stop(stopped)
    assert work(stopped) is None
    assert (stopped.state, stopped.usable) == ("stopped", True)


@pytest.mark.usefixtures("signals")
def test_a_stopped_run_that_could_not_go_on_has_its_model_still_and_says_why(stopped):
    launcher.prepare_resume(stopped)
    (stopped.checkpoint / "state.npz").unlink()
    said = work(stopped)
    assert (stopped.state, stopped.usable) == ("stopped", True)
    assert said in remarks.remark(stopped, "stopped")


@pytest.mark.parametrize("name", ["log.txt", "status.json"])
@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_a_run_that_cannot_be_written_to_is_one_sentence(name, make, failed):
    (failed.path / name).unlink(missing_ok=True)
    make(failed.path / name)
    with pytest.raises(RunError) as error:
        launcher.resume(failed)
    assert in_one_sentence(str(error.value))


def test_a_stopped_run_whose_worker_cannot_be_started_has_its_model_still(stopped):
    (stopped.path / "log.txt").mkdir()
    with pytest.raises(RunError, match=r"log\.txt"):
        launcher.resume(stopped)
    assert (stopped.state, stopped.usable) == ("stopped", True)


def test_one_run_has_one_worker(running):
    with queue.alone(running):
        before = running.status
        assert "trained by another process already" in work(running)
        assert running.status == before


def test_a_wrong_number_of_workers_is_told_before_a_run_is_put_in_the_queue(failed, monkeypatch):
    monkeypatch.setenv("FMNIST_WORKERS", "many")
    with pytest.raises(RunError, match="must be a whole number"):
        launcher.prepare_resume(failed)
    assert failed.state == "failed"


def test_a_model_that_is_to_ship_goes_on_like_any_other(failed, monkeypatch):
    monkeypatch.setattr("fmnist.machine.folders.SHIPPED", failed.path.parent)
    launcher.prepare_resume(failed)
    assert (failed.shipped, failed.state) == (True, "queued")


def test_a_failed_run_is_queued_anew_for_its_next_worker(failed):
    launcher.prepare_resume(failed)
    assert failed.state == "queued"
    assert "error" not in failed.status


def test_two_cores_carry_one_worker_unless_somebody_says_otherwise(monkeypatch):
    assert places.count() == max(1, machine.cores() // 2)
    monkeypatch.setenv("FMNIST_WORKERS", "3")
    assert places.count() == 3


def test_as_many_workers_train_at_once_as_there_are_places(make_run, monkeypatch):
    monkeypatch.setenv("FMNIST_WORKERS", "2")
    one, two, three = (make_run(name) for name in ("one", "two", "three"))
    with queue.turn(one) as first:
        RunWriter(one).update_status(state="running")
        with queue.turn(two) as second:
            RunWriter(two).update_status(state="running")
            queue.request_stop(three)
            with queue.turn(three) as third:  # no place is free: it would wait for ever
                assert (first, second, third) == (True, True, False)
        with queue.turn(make_run("four")) as fourth:
            assert fourth  # the place of `two` is free again


def test_the_layers_of_a_trained_network_are_known_at_once(tiny):
    started = time.monotonic()
    layers = launcher.describe("tiny", DATASET)
    assert time.monotonic() - started < 1
    assert layers == tiny.result["layers"]


def test_the_layers_of_an_untrained_network_are_found_out(home):
    layers = launcher.describe("tiny", DATASET)
    assert sum(layer["parameters"] for layer in layers) == ARCHITECTURES["tiny"].parameters
    assert [set(layer) for layer in layers] == [
        {"name", "type", "output_shape", "parameters", "multiply_adds"}
    ] * len(layers)


def test_a_network_that_cannot_be_built_is_one_sentence(home):
    with pytest.raises(RunError, match="The network nonsense cannot be built"):
        launcher.describe("nonsense", DATASET)


def test_a_warm_worker_takes_the_next_run_and_another_can_be_kept(home, monkeypatch):
    monkeypatch.setenv("FMNIST_WARM", "1")
    launcher.keep_warm()
    warm = launcher._warm
    launcher.keep_warm()
    assert launcher._warm is warm  # one is enough
    run = launcher.start(SHORT)
    launcher.keep_warm()
    assert launcher._warm is None  # none beside a training
    wait_until(lambda: run.state == "finished", "the end")
    assert run.status["pid"] == warm.pid
    wait_until(lambda: "Test accuracy" in run.log(), "its last word")


def test_a_look_at_a_machine_that_was_not_measured_has_it_measured_once(home, monkeypatch):
    monkeypatch.setenv("FMNIST_WARM", "1")
    monkeypatch.setattr(launcher, "_measured", False)
    assert launcher.measure_machine()
    wait_until(speed.read, "the measurement")
    assert not launcher.measure_machine()
    worker, launcher._warm = launcher._warm, None
    with worker:
        worker.kill()


def test_a_warm_worker_ends_with_the_server_that_keeps_it(monkeypatch):
    reader, writer = os.pipe()
    os.close(writer)  # as the server's end, whenever it comes
    with open(reader) as server:
        monkeypatch.setattr(sys, "stdin", server)
        assert wait_for_run() is None


def test_a_run_starts_all_the_same_when_the_warm_worker_has_died(home, monkeypatch):
    monkeypatch.setenv("FMNIST_WARM", "1")
    launcher.keep_warm()
    dead = launcher._warm
    dead.kill()
    dead.wait()
    run = launcher.start(SHORT)
    wait_until(lambda: run.state == "running", "another worker to take it")
    assert run.status["pid"] != dead.pid


def test_a_worker_that_ends_before_its_first_word_is_missed_at_once(home, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    run = launcher.start(SHORT)
    wait_until(lambda: run.state == "interrupted", "the state")
    assert time.time() - run.status["updated_at"] < states.START_LIMIT
