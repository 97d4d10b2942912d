"""Who waits for a place to train: in order, at next to no cost, and never for somebody who is gone."""

import subprocess
import sys
import threading
import time

import psutil
import pytest

from fmnist import machine
from fmnist.jobs import launcher
from fmnist.machine import this_process
from fmnist.recipes import registry
from fmnist.runs import creation, listing, queue
from fmnist.runs.files import RunError
from fmnist.runs.writer import RunWriter

from ..conftest import in_one_sentence, wait_until

TINY = registry.find("tiny")
MANY = 30


@pytest.fixture
def one_place(monkeypatch):
    monkeypatch.setenv("FMNIST_WORKERS", "1")


class Waiting(threading.Thread):
    """A worker that waits for its turn; it holds the place until it is let go."""

    def __init__(self, run):
        super().__init__(daemon=True)
        self.run_directory, self.may_train, self.done = run, None, threading.Event()
        self.start()

    def run(self):
        with queue.turn(self.run_directory) as self.may_train:
            if self.may_train:
                RunWriter(self.run_directory).update_status(state="running", **this_process())
                self.done.wait()


@pytest.mark.usefixtures("one_place")
def test_thirty_who_wait_take_a_twentieth_of_a_core_and_stop_within_a_second_or_so(make_run):
    with queue.turn(make_run("first")):
        waiting = [Waiting(make_run(f"run-{number}")) for number in range(MANY)]
        wait_until(lambda: len(queue.waiting()) > MANY - 1, "all to wait")
        time.sleep(1)
        began = time.process_time()
        time.sleep(3)
        used = (time.process_time() - began) / 3
        assert used < 0.05
        for each in waiting:
            queue.request_stop(each.run_directory)
        began = time.monotonic()
        for each in waiting:
            each.join(10)
        assert time.monotonic() - began < 3
        assert not any(each.may_train for each in waiting)


@pytest.mark.usefixtures("one_place")
def test_the_oldest_goes_first(make_run):
    waiting = [Waiting(make_run("run-0"))]
    wait_until(lambda: waiting[0].may_train, "the first to train")
    waiting += [Waiting(make_run(f"run-{number}")) for number in (1, 2, 3)]
    for number in range(4):
        wait_until(lambda number=number: waiting[number].may_train, f"number {number} to train")
        assert not any(each.may_train for each in waiting[number + 1 :])
        waiting[number].done.set()
        RunWriter(waiting[number].run_directory).update_status(state="failed")


@pytest.mark.usefixtures("one_place")
def test_one_who_waits_and_is_killed_keeps_nobody_waiting(make_run):
    command = [sys.executable, "-c", "import time; time.sleep(600)"]
    with subprocess.Popen(command) as process:
        described = {"pid": process.pid, "boot": machine.this_process()["boot"]}
        started = psutil.Process(process.pid).create_time() - psutil.boot_time()
        ahead = make_run("ahead", pid_started=started, **described)
        behind = Waiting(make_run("behind"))
        time.sleep(1)
        assert queue.ahead_of(behind.run_directory) == [ahead]
        assert behind.may_train is None  # a place is free, and another's turn
        process.kill()
    wait_until(lambda: behind.may_train, "its turn")
    behind.done.set()


def test_who_comes_after_the_clock_was_set_back_waits_behind_those_who_came_before(
    make_run, monkeypatch
):
    first = creation.create(TINY)
    RunWriter(first).update_status(**first.status | this_process())
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now - 3600)
    second = creation.create(TINY)
    assert queue.waiting() == [first, second]
    assert queue.ahead_of(second) == [first]
    assert queue.ahead_of(first) == []


def test_a_damaged_time_in_one_run_leaves_the_queue_in_order(make_run):
    make_run("damaged", queued_at=2.4e11)
    first, second = creation.create(TINY), creation.create(TINY)
    assert [run for run in queue.waiting() if run.name != "damaged"] == [first, second]
    assert second.status["queued_at"] < time.time() + 10


def test_a_full_queue_takes_no_run_and_changes_none(make_run, failed, monkeypatch):
    monkeypatch.setenv("FMNIST_QUEUE", "2")
    make_run("one")
    queue.check()
    make_run("two")
    for action in (lambda: launcher.start(TINY), lambda: launcher.resume(failed)):
        with pytest.raises(RunError, match="2 runs") as error:
            action()
        assert in_one_sentence(str(error.value))
    assert {run.name for run in listing.list_own_runs()} == {"one", "two", failed.name}
    assert failed.state == "failed"


@pytest.mark.parametrize("value", ["", "0", "-1", "many", "1.5", "9" * 5000])
@pytest.mark.parametrize("name", ["FMNIST_QUEUE", "FMNIST_WORKERS"])
def test_a_setting_that_is_no_whole_number_is_one_sentence(name, value, monkeypatch):
    monkeypatch.setenv(name, value)
    with pytest.raises(RunError, match=f"{name} must be a whole number from 1") as error:
        queue.check()
    assert in_one_sentence(str(error.value))
