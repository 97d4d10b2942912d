"""Runs that a process of another container or machine trains or has left, which shares the folder of runs."""

import filelock
import pytest

from fmnist import machine
from fmnist.runs import files, queue
from fmnist.runs.states import START_LIMIT, WORKER_LOCK

ELSEWHERE = {"host": "replica-b 4026532179", "boot": "another"}


def described(run, **fields) -> None:
    """That is what another system wrote about it, a minute ago."""
    files.write(run.path / "status.json", run.status | {"updated_at": 1.0} | fields)


@pytest.mark.parametrize("where", [ELSEWHERE, {"host": "replica-b 1"}, {"boot": "another"}])
def test_a_worker_elsewhere_lives_as_long_as_it_has_the_lock_of_its_run(running, where):
    described(running, **where)
    lock = filelock.FileLock(running.path / WORKER_LOCK)
    with lock:
        assert running.state == "running"
        queue.request_stop(running)
        assert running.state == "stopping"
    assert running.state == "interrupted"


def test_who_looks_whether_a_worker_elsewhere_lives_keeps_none_from_it(running):
    described(running, **ELSEWHERE)
    with queue.alone(running):
        assert [running.state for _ in range(3)] == ["running"] * 3
    with queue.alone(running), pytest.raises(queue.BusyError), queue.alone(running):
        pass


def test_a_worker_that_begins_elsewhere_has_some_seconds_to_take_the_lock(make_run):
    run = make_run("begins", "starting", pid=7, pid_started=1.0, **ELSEWHERE)
    assert run.state == "queued"
    described(run, updated_at=run.status["updated_at"] - START_LIMIT - 1)
    assert run.state == "interrupted"


def test_what_was_left_elsewhere_waits_and_is_taken_here(make_run):
    run = make_run("left", pid=None, **ELSEWHERE)
    described(run)
    assert (run.state, queue.waiting()) == ("queued", [run])
    assert queue.take() == run
    assert machine.is_here(run.status)


def test_what_waits_with_a_process_elsewhere_keeps_its_place(make_run):
    run, later = make_run("waits", pid=7, pid_started=1.0), make_run("later", pid=None)
    described(run, **ELSEWHERE, queued_at=1.0)
    described(later, **machine.this_system(), queued_at=2.0)
    with filelock.FileLock(run.path / WORKER_LOCK):
        assert queue.waiting() == [run, later]
        assert queue.take() is None  # the other process takes its turn by itself
    assert queue.take() == later
