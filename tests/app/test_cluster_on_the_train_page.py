"""The Train page where trainings go to a cluster: what that has, what it lacks, and on which node a run trains."""

import time

import pytest

from fmnist import machine
from fmnist.app.shared import on_cluster
from fmnist.runs import cluster
from fmnist.runs.cluster import Cluster, Node, Training

from .visiting import show, text_of, words


@pytest.fixture
def follow(monkeypatch, home):
    """A function that says what the follower sees; the test is the follower."""
    monkeypatch.setenv("FMNIST_CLUSTER", "ray://10.0.0.7:10001")

    def follow(**seen: object) -> None:
        cluster.write(Cluster("ray://10.0.0.7:10001", time.time(), **seen))

    with cluster.alone():
        yield follow


def test_without_a_cluster_the_page_says_nothing_of_one(running):
    assert "luster" not in words(show("train"))


def test_before_the_first_training_it_says_where_trainings_go(monkeypatch):
    monkeypatch.setenv("FMNIST_CLUSTER", "ray://10.0.0.7:10001")
    assert "`ray://10.0.0.7:10001`" in words(show("train"))


def test_an_address_that_cannot_be_is_a_sentence(monkeypatch):
    monkeypatch.setenv("FMNIST_CLUSTER", "tcp://here")
    assert "FMNIST\\_CLUSTER" in text_of(show("train").error)


def test_it_shows_the_nodes_and_what_each_does(follow):
    seen = {
        "nodes": [Node("apple", 4.0, free=2.0), Node("pear", 2.0, problem="It has no Keras.")],
        "trainings": [Training("apple", "tiny-1"), Training("apple")],
        "asked": 3,
    }
    follow(**seen)
    app = show("train")
    (line,) = (each.label for each in app.expander if each.label.startswith("Cluster"))
    assert line == "Cluster: 2 nodes, 6 CPUs, 1 run training, 3 waiting for room"
    table = on_cluster.nodes(cluster.read())
    assert list(table.index) == ["apple", "pear"]
    assert list(table["Runs"]) == [1, 0]
    assert table["Problem"]["pear"] == "It has no Keras."


def test_why_nothing_can_be_trained_is_a_sentence(follow):
    follow(problem="The head of the cluster has gone.")
    assert "The head of the cluster has gone" in text_of(show("train").warning)


def test_a_run_says_on_which_node_it_trains(make_run):
    status = {"phase": "training", "epoch": 2, "epochs": 3, "node": "apple"}
    make_run("tiny-there", "running", **machine.this_process(), **status)
    (progress,) = show("train").get("progress")
    assert "on apple" in progress.proto.text
