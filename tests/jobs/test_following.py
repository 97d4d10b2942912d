"""What becomes of a run while it trains at a place: of what a node sends, of what people do meanwhile, of a lost place."""

import json
from pathlib import Path

import pytest

from fmnist.jobs.cluster.connection import PlaceLost
from fmnist.jobs.cluster.follower import FromQueue
from fmnist.jobs.cluster.following import Following
from fmnist.jobs.cluster.pool import TRIES, Pool
from fmnist.jobs.cluster.shell import Given
from fmnist.people import limits
from fmnist.people.acting import acting_as
from fmnist.people.person import Person
from fmnist.recipes import registry
from fmnist.runs import creation, queue
from fmnist.runs.run import Run

from ..conftest import disk_is_full_for, in_one_sentence, tells

NOTHING = {"seen": {}, "files": {}, "checkpoint": None, "died": "", "ended": False}
RESULT = {"test_accuracy": 0.5, "test_loss": 1.0, "epochs": 1, "parameters": 5, "layers": []}
STOPPED = json.dumps(RESULT | {"stopped": True}).encode()
MODEL = dict.fromkeys(("model.keras", "predictions.npz"), (0, b"x")) | {"result.json": (0, STOPPED)}


class Node:
    """What a place answers, one exchange after the other; a function is called meanwhile."""

    def __init__(self, *answers):
        self.answers, self.asked, self.stops = list(answers), [], []

    def call(self, method, *arguments):
        self.asked.append(method)
        if method != "exchange":
            return [] if method == "lacks" else None
        self.stops.append(arguments[1]["stop"])
        answer = self.answers.pop(0)
        return NOTHING | (answer() if callable(answer) else answer)

    def send(self, method, *_, files):
        return "/there/training/tiny-1"


@pytest.fixture
def run(home) -> Run:
    """A run that waits."""
    made = creation.create(registry.find("tiny"))
    queue.leave(made)
    return made


def follow(run: Run, *answers) -> tuple[str | None, list[str]]:
    """What went wrong, and what the place was asked for."""
    node = Node(*answers)
    with queue.alone(run):
        return Following(run, node, "node-1").follow(), node.asked


def manifest(*names: str) -> bytes:
    return json.dumps({"run": "0" * 64, "files": dict.fromkeys(names, "0" * 64)}).encode()


@pytest.mark.parametrize(
    "sent",
    [
        {"checkpoint": {"../../../away": b"x", "manifest.json": manifest("../../../away")}},
        {"checkpoint": {"/tmp/away": b"x", "manifest.json": manifest()}},
        {"checkpoint": {"model": b"x"}},
        {"files": {"status.json": (0, b'{"state": "running", "epoch": "many"}')}},
        {"files": {"status.json": (0, b"[" * 100_000)}},
        {"files": {"changes.json": (0, b'[{"field": 3}]')}},
        {"files": {"model.keras": (0, b"x"), "result.json": (0, b'{"test_accuracy": 7}')}},
        {"files": {"metrics.jsonl": 5}},
        {"seen": None},
    ],
)
def test_what_a_node_sends_is_checked_before_it_replaces_anything(run, tmp_path, sent):
    before = {path for path in tmp_path.rglob("*") if path.parent != run.path}
    error, asked = follow(run, sent)
    assert in_one_sentence(error)
    assert (run.state, run.status["error"]) == ("failed", error)
    assert asked[-1] == "abandon"  # what it trains is of no use
    assert {path for path in tmp_path.rglob("*") if path.parent != run.path} == before
    assert not Path("/tmp/away").exists()
    assert not (run.path / "model.keras").exists()


def stopped(run: Run) -> None:
    """It has the result of a stopped training."""
    follow(run, {"files": MODEL}, {"ended": True})
    assert run.state == "stopped"


def test_a_run_that_is_resumed_as_soon_as_it_has_stopped_waits_again(run):
    def resume() -> dict:
        assert run.state == "stopped"
        queue.add(run)
        queue.leave(run)
        taken = queue.take(elsewhere=True)  # by another place, while this one has the lock
        with pytest.raises(queue.BusyError), queue.alone(taken):
            pass
        FromQueue().busy(taken, "")
        return {"files": {"status.json": (0, b'{"state": "running"}')}}

    error, asked = follow(run, {"files": MODEL}, resume)
    assert (error, run.state, queue.left()) == (None, "queued", 1)
    assert asked[-1] == "abandon"


def test_a_run_is_stopped_when_it_has_trained_as_long_as_it_may(home, monkeypatch):
    monkeypatch.setenv("FMNIST_MODE", "class")
    limits.change(limits.Limits(seconds=5.0))
    with acting_as(Person("a" * 16)):
        run = creation.create(registry.find("tiny"))
    long = {"files": {"status.json": (0, b'{"state": "running", "seconds": 6.0}')}}
    node = Node({}, long, {"files": MODEL}, {"ended": True})
    Following(run, node, "node-1").follow()
    assert node.stops[:3] == [False, False, True]
    assert run.state == "stopped"


def test_a_run_that_loses_its_place_again_and_again_fails_and_can_be_resumed(run):
    pool = Pool(FromQueue(), here=False)
    for _ in range(TRIES - 1):
        pool.lose(run, "its node has ended")
        assert run.state == "queued"
    pool.lose(run, "its node has ended.")
    assert run.state == "failed"
    assert in_one_sentence(run.status["error"])
    queue.add(run)
    pool.lose(run, "its node has ended")
    assert (run.state, queue.left()) == ("queued", 1)


def test_places_that_end_before_they_can_train_are_told_until_one_trains():
    pool, nodes = Pool(FromQueue(), here=False), [{"NodeID": "1", "Resources": {"CPU": 2.0}}]
    for _ in range(TRIES):
        assert not pool.problem(nodes)
        pool.note_stillborn("No space left on device.")
    assert tells(pool.problem(nodes), "No space left on device")
    pool.note_born()
    assert not pool.problem(nodes)


def test_a_run_that_was_stopped_and_resumed_goes_on_where_its_place_is_lost(run):
    stopped(run)
    queue.add(run)
    with pytest.raises(PlaceLost):
        follow(run, {"died": "was ended by signal 9"})
    pool = Pool(FromQueue(), here=False)
    pool.lose(run, "its node has ended")
    assert (run.state, queue.left()) == ("queued", 1)
    queue.request_stop(run)
    assert (run.state, run.result["stopped"]) == ("stopped", True)
    queue.add(run)
    for _ in range(TRIES):
        pool.lose(run, "its node has ended")
    assert run.state == "stopped"  # as before it was resumed


def test_a_run_that_lost_its_place_while_the_disk_was_full_waits_once_there_is_room(run):
    queue.add(run)
    disk_is_full_for(run.path / "status.json")
    Pool(FromQueue(), here=False).lose(run, "its node has ended")
    assert queue.left() == 1


def test_a_command_ends_where_somebody_else_trains_its_run_by_now(run):
    given = Given([run])
    given.busy(given.take(), "It is trained by another process already.")
    assert [*given.take_ended()] == [(run, "It is trained by another process already.")]
    assert not given.open


@pytest.mark.slow  # it loads Ray
def test_what_is_lost_with_a_node_is_a_lost_place_and_not_a_lost_cluster():
    import ray

    from fmnist.jobs.cluster import connection
    from fmnist.jobs.cluster.handshake import ClusterError

    with pytest.raises(connection.PlaceLost), connection.losses_of_place():
        raise ray.exceptions.ObjectReconstructionFailedError("0" * 56, "", "")
    with pytest.raises(connection.PlaceLost), connection.losses_of_place():
        raise ray.exceptions.ObjectStoreFullError("full")
    for error in (
        ray.exceptions.RaySystemError("gone"),
        ConnectionError("Client is shutting down."),
    ):
        with pytest.raises(ClusterError), connection.losses_of_place():
            raise error
