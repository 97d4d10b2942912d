"""Who waits for a place to train: in turn between people, at next to no cost, and never for somebody who is gone."""

import random
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

import psutil
import pytest

from fmnist import machine
from fmnist.jobs import launcher
from fmnist.machine import this_process
from fmnist.people import access, limits
from fmnist.people.access import Access
from fmnist.people.acting import acting_as
from fmnist.people.person import OWNER, Person
from fmnist.recipes import registry
from fmnist.runs import creation, estimate, files, forecast, listing, queue, turns
from fmnist.runs.files import RunError
from fmnist.runs.run import Run
from fmnist.runs.turns import Waiting
from fmnist.runs.writer import RunWriter

from ..conftest import in_one_sentence, wait_until

TINY = registry.find("tiny")
MANY = 30


@pytest.fixture
def one_place(monkeypatch):
    monkeypatch.setenv("FMNIST_WORKERS", "1")


@pytest.fixture(autouse=True)
def nobody_goes_on_waiting():
    """What a test that fails leaves behind would take the turns of the next one."""
    yield
    while Worker.all:
        worker = Worker.all.pop()
        worker.done.set()
        if worker.is_alive():
            queue.request_stop(worker.run_directory)
            worker.join(10)


class Worker(threading.Thread):
    """A worker that waits for its turn; it holds the place until it is let go."""

    all: ClassVar[list["Worker"]] = []

    def __init__(self, run):
        super().__init__(daemon=True)
        self.all.append(self)
        self.run_directory, self.may_train, self.done = run, None, threading.Event()
        self.start()

    def run(self):
        with queue.turn(self.run_directory) as self.may_train:
            if self.may_train:
                RunWriter(self.run_directory).update_status(state="running", **this_process())
                self.done.wait()


@pytest.mark.usefixtures("one_place")
def test_thirty_who_wait_take_a_fifth_of_a_core_and_stop_within_a_second_or_so(make_run):
    with queue.turn(make_run("first")):
        waiting = [Worker(make_run(f"run-{number}")) for number in range(MANY)]
        wait_until(lambda: len(queue.waiting()) > MANY - 1, "all to wait")
        time.sleep(1)
        began = time.process_time()
        time.sleep(2)
        used = (time.process_time() - began) / 2
        assert used < 0.2  # 0.12 on a processor of 2021
        for each in waiting:
            queue.request_stop(each.run_directory)
        began = time.monotonic()
        for each in waiting:
            each.join(10)
        assert time.monotonic() - began < 3
        assert not any(each.may_train for each in waiting)


@pytest.mark.usefixtures("one_place")
def test_the_oldest_goes_first(make_run):
    waiting = [Worker(make_run("run-0"))]
    wait_until(lambda: waiting[0].may_train, "the first to train")
    waiting += [Worker(make_run(f"run-{number}")) for number in (1, 2, 3)]
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
        behind = Worker(make_run("behind"))
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


ANNA, BEN = Person("a" * 16), Person("b" * 16)


def left(person: Person, count: int = 1) -> list[Run]:
    """Runs of a person that wait for any worker."""
    runs = [creation.create(TINY) for _ in range(count)]
    for run in runs:
        access.write(run.path, Access(person.id))
        queue.leave(run)
    return runs


def test_turns_go_round_between_people_not_by_who_clicked_most():
    a, b, c, d = left(ANNA, 4)
    (e,), (f,) = left(BEN), left(OWNER)
    assert queue.waiting() == [a, e, f, b, c, d]
    assert queue.take() == a
    assert queue.waiting() == [a, e, f, b, c, d]  # it is about to begin
    RunWriter(a).update_status(state="failed")
    (g,) = left(BEN)
    assert queue.waiting() == [e, f, b, g, c, d]  # Anna had a turn
    assert [queue.take() for _ in range(6)] == [e, f, b, g, c, d]
    assert queue.take() is None


def test_nobody_has_a_second_turn_before_everybody_who_waits_has_had_one():
    chance = random.Random(0)
    for _ in range(200):
        runs = [
            Waiting(Run(Path(str(number))), chance.choice("abcd"), chance.random(), False, False)
            for number in range(12)
        ]
        order = [each.owner for each in turns.in_order(runs, {"a": 3, "b": 7})]
        for number, owner in enumerate(order):
            before, later = Counter(order[:number]), set(order[number:])
            assert all(before[other] >= before[owner] for other in later)


@pytest.mark.usefixtures("one_place")
def test_a_worker_is_wanted_for_one_run_a_place_and_none_that_waits_by_itself():
    first, second = left(ANNA, 2)
    assert queue.give() == first
    assert queue.give() is None  # its worker is about to take the place
    assert queue.take_back(second)  # at a shell
    RunWriter(first).update_status(state="failed")
    left(ANNA)
    assert queue.give() is None
    with queue.turn(second) as may_train:
        assert may_train


def test_who_waits_for_any_worker_waits_until_the_system_is_started_again():
    (run,) = left(ANNA)
    files.write(run.path / "status.json", run.status | {"updated_at": 1.0})
    assert run.state == "queued"
    files.write(run.path / "status.json", run.status | {"boot": "another"})
    assert run.state == "interrupted"


def test_a_run_that_waits_for_any_worker_is_stopped_at_once_and_keeps_its_model(stopped):
    launcher.prepare_resume(stopped)
    queue.leave(stopped)
    launcher.stop(stopped)
    assert (stopped.state, stopped.usable) == ("stopped", True)


@pytest.mark.parametrize("content", ["", "[1]", '{"a": "b"}', "{" * 10_000])
def test_a_damaged_list_of_turns_is_as_none(content, home):
    runs = left(ANNA, 2)
    (home / turns.FILE).write_text(content)
    assert queue.waiting() == runs
    assert queue.take() == runs[0]


def test_each_person_of_a_class_has_a_limit_of_waiting_runs_epochs_and_seconds(in_class):
    limits.change(limits.Limits(waiting=2, epochs=10, seconds=60.0))
    left(ANNA, 2)
    queue.check(BEN)
    for wrong, recipe in {
        "2 of your runs wait": TINY,
        "11 epochs": TINY.changed(epochs=11),
        "would take about": registry.find("quality").changed(epochs=9),
    }.items():
        with acting_as(ANNA), pytest.raises(RunError, match=wrong) as error:
            launcher.create(recipe)
        assert in_one_sentence(str(error.value))
    assert len(queue.waiting()) == 2
    launcher.create(TINY.changed(epochs=11))  # whose computer it is


def test_who_starts_many_runs_at_once_has_the_same_limit(in_class, monkeypatch):
    limits.change(limits.Limits(waiting=2))
    start, count = threading.Barrier(6), queue.check

    def slow_check(person: Person) -> None:
        count(person)
        time.sleep(0.05)  # for the others to count, too

    def create(_number: int) -> None:
        start.wait()
        with acting_as(ANNA), suppress(RunError):
            launcher.create(TINY)

    monkeypatch.setattr(queue, "check", slow_check)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(create, range(6)))
    assert len(queue.waiting()) == 2


def test_in_a_public_demo_nothing_trains(in_class, monkeypatch, failed):
    monkeypatch.setenv("FMNIST_MODE", "public")
    for action in (lambda: launcher.start(TINY), lambda: launcher.resume(failed)):
        with pytest.raises(RunError, match="trains nothing"):
            action()


@pytest.mark.usefixtures("one_place")
def test_a_place_in_the_queue_is_told_with_about_how_long():
    runs = [creation.create(registry.find("sprint")) for _ in range(3)]
    one = estimate.seconds(runs[0].recipe, runs[0].dataset, estimate.paces())
    places = list(forecast.of_all().values())
    assert [place.seconds for place in places] == pytest.approx([0, one, 2 * one])
    assert "place 3 of 3, about" in str(places[2])
    RunWriter(runs[0]).update_status(
        state="running", phase="training", seconds_left=100.0, **this_process()
    )
    assert forecast.of_all()[runs[1]].seconds == 100 + estimate.AROUND


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
