"""A sentence says why a cluster takes no connection or a node no training; what waits trains once that is mended."""

import psutil
import pytest

from fmnist.jobs import launcher
from fmnist.jobs.cluster import handshake
from fmnist.recipes import registry
from fmnist.runs import cluster

from ..conftest import in_one_sentence, tells, wait_until
from . import nodes


@pytest.fixture
def head(home, monkeypatch):
    """A cluster of a head, which trains nothing, that pages use; what follows their runs ends with the test."""
    with nodes.cluster(0) as found:
        for name, value in found.environment.items():
            monkeypatch.setenv(name, value)
        yield found
        if follower := cluster.read():
            psutil.Process(follower.pid).kill()


def refusal(address: str) -> str:
    with pytest.raises(handshake.ClusterError) as refused:
        handshake.see_that_it_answers(address)
    return str(refused.value)


@pytest.mark.slow
def test_a_token_a_port_and_nodes_that_do_not_fit_are_sentences(head, home, monkeypatch):
    handshake.see_that_it_answers(head.address)
    port_for_nodes = f"{head.address.rpartition(':')[0]}:{head.ports[0]}"
    assert tells(refusal(port_for_nodes), port_for_nodes, "port")
    with monkeypatch.context() as other:
        other.setenv("RAY_AUTH_TOKEN", "0" * 64)
        assert tells(refusal(head.address), "another token", "auth_token")
        other.delenv("RAY_AUTH_TOKEN")
        other.setenv("HOME", str(home))
        assert tells(refusal(head.address), "expects a token", "auth_token")

    run = launcher.start(registry.find("tiny"))
    wait_until(cluster.problem, "the lack of nodes to be told")
    assert tells(cluster.problem(), "CPUs", "ray start")
    nodes.ready(head.add(fmnist=False))
    wait_until(lambda: "node-1" in (cluster.problem() or ""), "the node to be told")
    assert tells(cluster.problem(), "node-1", "fmnist")
    assert run.state == "queued"
    nodes.ready(head.add())
    wait_until(lambda: run.state == "finished", "the run to be trained")
    assert run.status["node"] == "node-2"
    assert in_one_sentence(next(each.problem for each in cluster.read().nodes if each.problem))
