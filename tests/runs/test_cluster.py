"""Which cluster trainings go to, and what is read of it; nothing here starts one."""

import socket
import time

import pytest

from fmnist.jobs import launcher
from fmnist.recipes import registry
from fmnist.runs import cluster
from fmnist.runs.files import RunError

from ..conftest import tells


@pytest.mark.parametrize("value", ["", " ", "auto", "ray://10.0.0.1:10001", "ray://[::1]:10001"])
def test_an_address_is_auto_or_that_of_a_head(value, monkeypatch):
    monkeypatch.setenv("FMNIST_CLUSTER", value)
    assert cluster.address() == (value.strip() or None)


@pytest.mark.parametrize("value", ["yes", "10.0.0.1:10001", "ray://head", "ray://head:99999"])
def test_another_address_is_refused_before_a_run_is_made(value, monkeypatch, home):
    monkeypatch.setenv("FMNIST_CLUSTER", value)
    with pytest.raises(RunError) as refused:
        launcher.start(registry.find("tiny"))
    assert tells(str(refused.value), value, "auto", "ray://HOST:PORT")
    assert not home.exists()


def test_a_place_has_the_gpus_that_are_wanted(monkeypatch, home):
    assert set(cluster.place()) == {"CPU"}
    monkeypatch.setenv("FMNIST_CLUSTER_GPUS", "2")
    assert cluster.place()["GPU"] == 2
    monkeypatch.setenv("FMNIST_CLUSTER_GPUS", "all")
    monkeypatch.setenv("FMNIST_CLUSTER", "auto")
    with pytest.raises(RunError) as refused:
        launcher.start(registry.find("tiny"))
    assert tells(str(refused.value), "FMNIST_CLUSTER_GPUS", "all")
    assert not home.exists()


def test_where_nobody_listens_no_run_is_made(monkeypatch, home):
    with socket.socket() as taken:  # bound, and nobody listens
        taken.bind(("127.0.0.1", 0))
        address = f"ray://127.0.0.1:{taken.getsockname()[1]}"
        monkeypatch.setenv("FMNIST_CLUSTER", address)
        began = time.monotonic()
        with pytest.raises(RunError) as refused:
            launcher.start(registry.find("tiny"))
    assert tells(str(refused.value), address, "ray start --head")
    assert time.monotonic() - began < 3
    assert not home.exists()


def test_what_the_follower_writes_counts_while_it_lives(home, monkeypatch):
    monkeypatch.setenv("FMNIST_CLUSTER", "auto")
    home.mkdir()
    seen = cluster.Cluster(
        "auto",
        updated_at=time.time(),
        nodes=[cluster.Node("one", 4)],
        trainings=[cluster.Training("one", "tiny-1")],
        room=1,
        problem="It is full.",
    )
    cluster.write(seen)
    assert cluster.read() is None
    with cluster.alone():
        assert cluster.read() == seen
        assert (cluster.problem(), cluster.count()) == ("It is full.", 2)
    assert cluster.problem() == "It is full."  # it was told just now
    monkeypatch.setenv("FMNIST_CLUSTER", "ray://other:10001")
    assert cluster.problem() is None
    (home / cluster.FILE).write_text("{")
    with cluster.alone():
        assert cluster.read() is None
