"""Trainings on a cluster of this machine, as pages start them: `FMNIST_CLUSTER=auto`."""

import os
import signal
import subprocess
import sys
import tempfile

import psutil
import pytest

from fmnist.jobs import launcher
from fmnist.machine import folders
from fmnist.recipes import registry
from fmnist.runs import changes, cluster, queue
from fmnist.runs.run import Run

from ..conftest import WAIT, fmnist, wait_until

TINY = registry.find("tiny")


@pytest.fixture
def auto(home, monkeypatch):
    """Pages train on a cluster of this machine; its processes end with the test."""
    monkeypatch.setenv("FMNIST_CLUSTER", "auto")
    with tempfile.TemporaryDirectory(dir="/tmp", ignore_cleanup_errors=True) as short:
        monkeypatch.setenv("RAY_TMPDIR", short)  # the names of sockets must be short
        yield
        if found := cluster.read():
            follower = psutil.Process(found.pid)
            for process in [*follower.children(recursive=True), follower]:
                process.kill()


@pytest.mark.slow
@pytest.mark.usefixtures("auto")
def test_a_run_trains_is_changed_stopped_and_resumed_as_it_is_here(home, monkeypatch):
    monkeypatch.setenv("FMNIST_WARM", "1")
    launcher.keep_warm()
    wait_until(lambda: (seen := cluster.read()) and seen.trainings, "a place before there is a run")
    long, short = launcher.start(TINY.changed(epochs=500)), launcher.start(TINY)
    wait_until(lambda: long.checkpoint, "the first checkpoint to come")
    changes.request(long, {"learning_rate": 0.002})
    wait_until(lambda: "epoch" in changes.asked(long)[0], "the change to have effect")
    assert long.status["node"]
    launcher.stop(long)
    wait_until(lambda: long.state == "stopped", "it to stop")
    wait_until(lambda: short.state == "finished", "the other to train")
    assert [row["epoch"] for row in short.metrics() if row.get("end_of_epoch")] == [1, 2, 3]
    assert short.usable
    assert short.predictions()[1].shape == (short.dataset.test_images,)
    assert "Epoch 3/3" in short.log()
    assert not short.checkpoint
    reached = long.result["epochs"]
    assert long.result["changes"][0]["value"] == 0.002
    launcher.resume(long)
    wait_until(lambda: long.status.get("epoch", 0) > reached + 1, "it to go on")
    launcher.stop(long)
    wait_until(lambda: long.state == "stopped", "it to stop again")
    epochs = [row["epoch"] for row in long.metrics() if row.get("end_of_epoch")]
    assert epochs == [*range(1, long.result["epochs"] + 1)]
    assert not [*home.glob("*/*.new")]


@pytest.mark.slow
@pytest.mark.usefixtures("auto")
def test_a_command_trains_all_its_runs_at_once_and_ctrl_c_stops_them(home):
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    command = [sys.executable, "-m", "fmnist", "train", "tiny", "--epochs", "500", "--cluster"]
    with subprocess.Popen(command, cwd=folders.ROOT, **options) as shell:
        run = Run(home / "tiny-1")
        wait_until(lambda: run.checkpoint, "the first checkpoint")
        shell.send_signal(signal.SIGTERM)  # Ray would take it
        printed, _ = shell.communicate(timeout=WAIT)
    assert (shell.returncode, run.state) == (0, "stopped")
    assert "Test accuracy" in printed
    places = {**os.environ, "FMNIST_WORKERS": "2"}
    done = fmnist("reproduce", "tiny", "--seeds", "2", "--cluster", env=places)
    assert done.returncode == 0, done.stderr
    assert "on average over 2 seeds" in done.stdout
    assert {Run(home / f"reproduced-tiny-{seed}").state for seed in (0, 1)} == {"finished"}
    assert not queue.left()
