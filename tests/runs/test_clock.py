"""The clock is set while runs wait and train, and a pid is given to another process: no run is taken for another."""

import os
import time

import psutil
import pytest

from fmnist import machine
from fmnist.jobs import launcher
from fmnist.recipes import registry
from fmnist.runs import creation, listing, queue
from fmnist.runs.writer import RunWriter

from ..conftest import wait_until

A_YEAR = 365 * 86_400.0  # seconds
JUMPS = (-10 * A_YEAR, -3_600.0, 3_600.0, 10 * A_YEAR)
ELSEWHERE = """
import os, time
true = time.time
def jumping():
    try:
        return true() + float(open(os.environ["CLOCK"]).read())
    except (OSError, ValueError):
        return true()
time.time = jumping
"""


@pytest.mark.parametrize("jump", JUMPS)
def test_a_clock_that_is_set_changes_no_state(
    jump, tiny, running, failed, interrupted, make_run, monkeypatch
):
    waiting = creation.create(registry.find("tiny"))
    before = {run.name: run.state for run in listing.list_own_runs()}
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + jump)
    assert {run.name: run.state for run in listing.list_own_runs()} == before
    later = creation.create(registry.find("tiny"))
    monkeypatch.setattr(time, "time", lambda: now)
    assert {*queue.waiting()} == {waiting, later}
    if abs(jump) < 86_400:  # more is taken for a damaged value
        assert queue.waiting() == [waiting, later]


def test_a_pid_that_another_process_got_is_not_the_worker(running):
    status = running.status
    other = next(each.pid for each in psutil.process_iter() if each.pid != os.getpid())
    for wrong in ({"pid": other}, {"pid_started": 1.0}, {"boot": "another start"}):
        RunWriter(running).update_status(**{**status, **wrong})
        assert running.state == "interrupted", wrong
    RunWriter(running).update_status(**status)
    assert running.state == "running"
    assert machine.is_alive(machine.process(other))  # which nobody has touched


@pytest.mark.slow
def test_a_training_whose_clock_jumps_ends_like_any_other(home, tmp_path, monkeypatch):
    (tmp_path / "sitecustomize.py").write_text(ELSEWHERE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("CLOCK", str(tmp_path / "clock"))
    run = launcher.start(registry.find("tiny").changed(precision="float32"))
    jumps, states = iter(JUMPS * 100), set()
    while run.state in ("queued", "running"):
        (tmp_path / "clock").write_text(str(next(jumps)))
        states.add(run.state)
        time.sleep(0.2)
    wait_until(lambda: run.state == "finished", "the end")
    assert run.figures["seconds"] < 60
    assert [row["epoch"] for row in run.metrics() if "end_of_epoch" in row] == [1, 2, 3]
    assert abs(run.status["updated_at"] - time.time()) > 3_000  # it did jump
