"""What visitors and trainings need, and what breaks first: computed from measured figures, on paper.

The figures, and the command that measures each, are in `fmnist/resources/capacity.toml`.
"""

import functools
import importlib.resources
import math
from typing import NamedTuple

import msgspec

from fmnist.people import capacity
from fmnist.runs.files import RunError
from fmnist.runs.run import Run

BUSY = 0.65  # of a core that a server may use and still answer at once (docs/reliability.md)
WORKING = 0.8  # of a place's time in which it trains: with less to spare, runs wait long
KEPT_SESSIONS = 128  # of visitors who have left: Streamlit keeps so many at most
STAY = 600.0  # seconds that a visitor stays
LOOKING = 0.5  # seconds of each second that a server may look at the queue
LISTING = 1.0  # seconds that a page may take to list the runs
NODE = 2  # cores of a node that trains, and of one that has two replicas of the app
MONTH = 730.0  # hours
MEGABYTE, HOUR = 10**6, 3600.0


class Figure(msgspec.Struct, frozen=True):
    """A measured figure."""

    what: str
    value: float
    unit: str
    command: str  # that measures it


class Load(NamedTuple):
    """What people ask for."""

    visitors: float  # at once
    trainings: float  # an hour
    every: float  # seconds from one stroke of a visitor to the next
    kept: float  # days that runs are kept


class Training(NamedTuple):
    """What one training takes."""

    name: str  # of the run that was measured
    seconds: float
    bytes: float  # on disk, once it is done


class Prices(NamedTuple):
    """In one currency. They are no measured figures."""

    node: float  # an hour of a machine of `NODE` cores and 8 GB
    disk: float  # a month of a GB on the shared disk
    traffic: float  # a GB to the visitors


class Limit(NamedTuple):
    """Something that more machines do not help."""

    what: str
    unit: str
    asked: float
    holds: float
    remedy: str

    @property
    def share(self) -> float:
        """What is asked of it, of what it holds."""
        return self.asked / self.holds


class Plan(NamedTuple):
    """What a load needs."""

    replicas: int  # of the app, a core each
    replica_memory: float  # bytes of each
    nodes: int  # that train, of `NODE` cores: a place each
    node_memory: float  # bytes of each
    runs: float  # that are kept
    disk: float  # bytes of them
    traffic: float  # bytes a second to the visitors
    costs: dict[str, float]  # an hour: replicas, nodes, disk, traffic
    training_cost: float  # of one training
    limits: list[Limit]  # the one that breaks first before the others


@functools.cache
def figures() -> dict[str, Figure]:
    """The measured figures, by name."""
    file = importlib.resources.files("fmnist.resources") / "capacity.toml"
    return msgspec.toml.decode(file.read_bytes(), type=dict[str, Figure])


def training_like(run: Run) -> Training:
    """What a training takes that is like that of a run.

    Raises:
        RunError: the run has no trained model, or nobody knows for how long it trained.
    """
    seconds = run.figures.get("seconds")
    if not seconds:
        raise RunError(f"Nobody knows how long {run.name} trained; name another run.")
    if gpu := run.machine.get("gpu"):
        raise RunError(
            f"{run.name} was trained on a GPU ({gpu}), which these nodes do not have; name another run."
        )
    size = sum(path.stat().st_size for path in run.path.rglob("*") if path.is_file())
    return Training(run.name, seconds + _value("beside"), size)


def plan(load: Load, training: Training, prices: Prices) -> Plan:
    """What a load needs, and what breaks first."""
    replicas = _replicas(load)
    nodes = math.ceil(_trainings_at_once(load, training) / WORKING)
    runs = 24 * load.kept * load.trainings
    traffic = load.visitors / STAY * _value("opening") * MEGABYTE
    costs = {
        "replicas": replicas / NODE * prices.node,
        "nodes": nodes * prices.node,
        "disk": runs * training.bytes / 1e9 / MONTH * prices.disk,
        "traffic": traffic * HOUR / 1e9 * prices.traffic,
    }
    pages = load.visitors / replicas + KEPT_SESSIONS if replicas else 0
    return Plan(
        replicas=replicas,
        replica_memory=(_value("server") + pages * _value("session")) * MEGABYTE,
        nodes=nodes,
        node_memory=(_value("worker") + _value("node")) * MEGABYTE,
        runs=runs,
        disk=runs * training.bytes,
        traffic=traffic,
        costs=costs,
        training_cost=training.seconds / WORKING / HOUR * prices.node,
        limits=sorted(_limits(load, training, runs), key=lambda each: -each.share),
    )


def _value(name: str) -> float:
    return figures()[name].value


def _replicas(load: Load) -> int:
    """By processor time and by the pages that a server lets in."""
    strokes = BUSY / _value("stroke")  # a second, of one server
    pages = capacity.DEFAULTS["public"].all_pages or math.inf
    return math.ceil(max(load.visitors / load.every / strokes, load.visitors / pages))


def _trainings_at_once(load: Load, training: Training) -> float:
    return load.trainings / HOUR * training.seconds


def _limits(load: Load, training: Training, runs: float) -> list[Limit]:
    fewer = "delete runs sooner, or have several folders of runs"
    return [
        Limit(
            "Pages that list the runs (Models, Train)",
            "runs",
            runs,
            LISTING / _value("list"),
            fewer,
        ),
        Limit(
            "The queue, looked at once a second",
            "runs",
            runs,
            LOOKING / _value("look"),
            fewer,
        ),
        Limit(
            "The process that follows the cluster",
            "trainings at once",
            _trainings_at_once(load, training),
            WORKING / _value("place"),
            "have several folders of runs, with replicas of their own",
        ),
        Limit(
            "Connections of one nginx, as Debian sets it up",
            "visitors",
            load.visitors,
            _value("connections") / 2,  # one from the browser and one to the app
            "raise worker_connections and worker_rlimit_nofile",
        ),
    ]
