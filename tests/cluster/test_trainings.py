"""Trainings on a cluster of machines that share nothing: what they need goes there, and a node may die."""

import psutil
import pytest

from fmnist.jobs import launcher
from fmnist.recipes import registry
from fmnist.runs import cluster, queue

from ..conftest import in_one_sentence, wait_until
from . import nodes

TINY = registry.find("tiny")


@pytest.fixture
def machines(home, monkeypatch):
    """Pages train on a cluster of two nodes; the process that follows them ends with the test."""
    with nodes.cluster(2) as found:
        for name, value in found.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("RAY_CLIENT_RECONNECT_GRACE_PERIOD", "3")  # seconds, in place of 30
        yield found
        if follower := cluster.read():
            psutil.Process(follower.pid).kill()


@pytest.mark.slow
def test_a_killed_node_costs_no_run_and_what_a_training_learns_from_is_sent(machines, own):
    long = launcher.start(TINY.changed(epochs=150))
    further = launcher.start(own.recipe.changed(pretrained=own.name, validation_split=0.0))
    third = launcher.start(TINY)
    wait_until(lambda: long.checkpoint, "the first checkpoint")
    node = next(each for each in machines.nodes if each.name == long.status["node"])
    node.kill()
    runs = (long, further, third)
    wait_until(lambda: all(run.state == "finished" for run in runs), "all to finish")
    epochs = [row["epoch"] for row in long.metrics() if row.get("end_of_epoch")]
    assert epochs == [*range(1, 151)]  # none twice
    assert long.status["node"] != node.name
    assert further.result["before"].keys() == {"shapes"}
    assert not queue.left()


@pytest.mark.slow
def test_where_the_head_is_killed_runs_wait_with_a_sentence_and_can_be_stopped(machines):
    run = launcher.start(TINY.changed(epochs=10_000))
    wait_until(lambda: run.checkpoint, "the first checkpoint")
    machines.head.kill()
    wait_until(lambda: cluster.problem(), "the loss to be noticed")
    assert in_one_sentence(cluster.problem())
    wait_until(lambda: run.state == "queued", "the run to wait")
    launcher.stop(run)
    assert run.state == "stopped"
    run.check_checkpoint()
