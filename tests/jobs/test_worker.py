"""What a worker says of how a training ended: always in the run directory, always a sentence."""

import dataclasses
import signal

import pytest

from fmnist.cli.commands import main
from fmnist.jobs import launcher, worker
from fmnist.networks.architectures import ARCHITECTURES
from fmnist.people import limits
from fmnist.people.acting import acting_as
from fmnist.people.person import Person
from fmnist.recipes import registry
from fmnist.runs import creation, listing, queue, remarks
from fmnist.runs.files import RunError
from fmnist.runs.run import Run

from ..conftest import KERAS_NOISE, disk_is_full_for, in_one_sentence, tells

pytestmark = [pytest.mark.filterwarnings(KERAS_NOISE), pytest.mark.usefixtures("signals")]

SMALL = registry.find("tiny").changed(training_images=600, epochs=1)


def ended_as_failed(run: Run) -> str:
    """What the worker of a run that must fail says, and has written too."""
    sentence = worker.work(run)
    assert run.state == "failed"
    assert run.status["error"] == sentence
    assert in_one_sentence(sentence)
    assert run.result is None
    return sentence


def test_a_learning_rate_of_1e9_ends_as_failed_and_says_why():
    run = creation.create(SMALL.changed(learning_rate=1e9))
    sentence = ended_as_failed(run)
    assert run.status["reason"] == "diverged"
    assert "diverged" in sentence
    assert tells(sentence, "1e+09", "0.003")


def test_a_training_that_learns_nothing_says_so_while_it_runs_and_at_its_end(capsys):
    run = creation.create(SMALL.changed(learning_rate=1.0, epochs=2, batch_size=16))
    assert main(["train", "--run", str(run.path)]) == 0
    printed = capsys.readouterr().out
    assert printed.count("No better than guessing") == 2
    assert "of the training images" in printed
    assert "of the test images" in printed
    assert main(["models"]) == 0
    assert f"{run.name}: {remarks.remark(run, 'finished')}" in capsys.readouterr().out


def test_a_disk_that_is_full_when_the_curve_is_written_ends_the_run_as_failed():
    run = creation.create(SMALL)
    disk_is_full_for(run.path / "metrics.jsonl")  # takes the place of the curve
    sentence = ended_as_failed(run)
    assert (run.path / "metrics.jsonl").readlink().name == "full"
    assert tells(sentence, "No space left on device")


def test_a_disk_that_is_full_at_the_very_end_ends_the_run_as_failed():
    run = creation.create(SMALL)
    disk_is_full_for(run.path / "result.json")
    assert "No space left on device" in ended_as_failed(run)
    assert run not in listing.usable_runs()


def test_a_mistake_in_an_architecture_is_told_with_its_place_in_the_log(monkeypatch, capfd):
    def slip(shape, classes):
        return 1 / 0

    architecture = dataclasses.replace(ARCHITECTURES["tiny"], build=slip)
    monkeypatch.setitem(ARCHITECTURES, "tiny", architecture)
    sentence = ended_as_failed(creation.create(SMALL))
    assert "ZeroDivisionError: division by zero" in sentence
    assert "in slip" in capfd.readouterr().err


def test_a_run_that_is_stopped_while_it_waits_never_trains():
    run = creation.create(SMALL)
    queue.request_stop(run)
    assert worker.work(run) is None
    assert run.state == "stopped"
    assert run.result is None
    assert run.metrics() == []


def test_a_run_ends_with_a_model_when_it_has_trained_as_long_as_it_may(monkeypatch):
    monkeypatch.setenv("FMNIST_MODE", "class")
    limits.change(limits.Limits(seconds=0.01))
    with acting_as(Person("a" * 16)):
        run = creation.create(SMALL)
    assert worker.work(run) is None
    assert (run.state, run.usable) == ("stopped", True)
    assert "as long as a run may" in remarks.remark(run, "stopped")
    with pytest.raises(RunError, match="as long as a run may"):
        launcher.prepare_resume(run)
    limits.change(limits.Limits(seconds=60.0))
    launcher.prepare_resume(run)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_and_sigterm_ask_for_a_stop_as_the_pages_button_does(number):
    run = creation.create(SMALL)
    queue.request_stop(run)
    worker.work(run)  # it takes the signals, and has nothing to do
    queue.add(run)
    signal.raise_signal(number)
    assert run.stop_requested
