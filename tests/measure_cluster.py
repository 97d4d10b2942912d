"""Trainings on a real Ray cluster: `python -m tests.measure_cluster recipes|overhead`.

`recipes`: the ten published recipes at a tenth of their epochs on three nodes, one of which is killed half-way. All must
finish, none of them twice, and those that lost their node from their last checkpoint. `overhead`: twenty runs of `tiny`
through the local queue and through a cluster with one node, both with one place to train, by turns; with `--warm` from
a worker or place that is there already, as when somebody has the Train page open.
"""

import argparse
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil

from fmnist.jobs import launcher
from fmnist.recipes import registry
from fmnist.runs.run import Run
from fmnist.runs.states import ACTIVE

from .cluster import nodes

LOOK = 0.1  # seconds
WARM = 15.0  # seconds until a worker or a place is warm
MOST_OVERHEAD = 0.1  # of the time that the local queue takes


class Ten:
    """The published recipes, on a cluster of which a node is killed."""

    def __init__(self, cluster: nodes.Cluster, share: float):
        """Start them all, each with that share of its epochs."""
        self.cluster, self.began = cluster, time.monotonic()
        self.runs = []
        for recipe in registry.PUBLISHED:
            epochs = max(1, round(recipe.epochs * share))
            self.runs.append(launcher.start(recipe.changed(epochs=epochs)))
        self.seen = defaultdict[str, list[str]](list)  # nodes, by the run that each has trained
        self.twice = set[str]()  # runs that two nodes trained at once
        self.killed: dict[str, int] = {}  # epochs that were kept, by the run that lost its node

    def follow(self) -> None:
        """Look until none is active; kill a node once half of the epochs are done."""
        ended = set[Run]()
        while len(ended) < len(self.runs):
            self._look()
            if not self.killed and self._done() >= 0.5:
                self._kill_one()
            for run in self.runs:
                if run not in ended and (state := run.state) not in ACTIVE:
                    ended.add(run)
                    self._say(f"{run.name} {state}, trained on {', '.join(self.seen[run.name])}")
            launcher.bring_workers()  # as a page does that shows a run
            time.sleep(LOOK)

    def _look(self) -> None:
        """Which nodes train what: a place has the files of a run, and notes when all is done."""
        found = [
            (path.parent.name, node.name)
            for node in self.cluster.nodes
            if node.lives
            for path in node.folder.glob("fmnist-place-*/training/*/run.json")
            if not (path.parent / ".done").exists()
        ]
        names = [run for run, _ in found]
        self.twice |= {run for run in names if names.count(run) > 1}
        for run, node in found:
            if self.seen[run][-1:] != [node]:
                self.seen[run].append(node)

    def _done(self) -> float:
        """The share of all epochs that is trained."""
        return sum(map(epochs_of, self.runs)) / sum(run.recipe.epochs for run in self.runs)

    def _kill_one(self) -> None:
        """Kill a node that trains a run with a checkpoint."""
        for run in self.runs:
            if run.state == "running" and run.checkpoint:
                node = next(each for each in self.cluster.nodes if each.name == run.status["node"])
                self.killed[run.name] = epochs_of(run)
                node.kill()
                self._say(
                    f"{node.name} killed, which trained {run.name}, {epochs_of(run)} epochs of it done"
                )
                return

    def check(self) -> list[str]:
        """What is not as it must be."""
        wrong = [f"{run.name} is {run.described(run.state)}" for run in self.runs if not run.usable]
        wrong += [f"{name} was trained by two nodes at once" for name in self.twice]
        for run in self.runs:
            epochs = [row["epoch"] for row in run.metrics() if row.get("end_of_epoch")]
            if epochs != [*range(1, len(epochs) + 1)]:
                wrong.append(f"the curve of {run.name} has the epochs {epochs}")
            if len(self.seen[run.name]) > 1 + (run.name in self.killed):
                wrong.append(f"{run.name} was trained on {', '.join(self.seen[run.name])}")
        for name, kept in self.killed.items():
            wrong += self._again(name, kept)
        return wrong if self.killed else [*wrong, "no node was killed"]

    def _again(self, name: str, kept: int) -> list[str]:
        """Whether a run that lost its node was trained again from its checkpoint."""
        log = next(run for run in self.runs if run.name == name).log()
        again = log.split("Training ")[-1]
        self._say(f"{name} on its second node: {again.splitlines()[1:3]}")
        return (
            []
            if f"Epoch {kept + 1}/" in again and "Epoch 1/" not in again
            else [f"{name} began anew"]
        )

    def _say(self, text: str) -> None:
        print(f"{time.monotonic() - self.began:5.0f} s: {text}", flush=True)


def epochs_of(run: Run) -> int:
    """How many epochs of a run are done."""
    return sum(bool(row.get("end_of_epoch")) for row in run.metrics())


def recipes(share: float) -> int:
    """The exit status: 0 where all is as it must be."""
    with nodes.cluster(3) as cluster, home(cluster.environment):
        ten = Ten(cluster, share)
        ten.follow()
        wrong = ten.check()
        print(*wrong or ["All ten finished, none twice."], sep="\n")
        return len(wrong)


def overhead(count: int, turns: int, warm: bool) -> int:
    """The exit status: 0 where the cluster takes little longer than the local queue."""
    seconds: dict[str, list[float]] = {"here": [], "cluster": []}
    with nodes.cluster(1) as cluster:
        for _ in range(turns):
            for way, setting in ("here", {}), ("cluster", cluster.environment):
                with home({"FMNIST_WORKERS": "1", "FMNIST_WARM": str(int(warm)), **setting}):
                    launcher.keep_warm()
                    time.sleep(WARM if warm else 0)
                    seconds[way].append(trained(count))
                print(f"{count} runs, {way}: {seconds[way][-1]:.1f} s", flush=True)
    here, there = (min(each) for each in seconds.values())  # what else runs here only adds
    print(f"here {here:.1f} s, on the cluster {there:.1f} s: {there / here - 1:+.1%}")
    return int(there > (1 + MOST_OVERHEAD) * here)


def trained(count: int) -> float:
    """The seconds that so many runs of `tiny` take, from the first start to the last end."""
    began, tiny = time.monotonic(), registry.find("tiny")
    runs = [launcher.start(tiny.changed(seed=seed)) for seed in range(count)]
    while any(run.state in ACTIVE for run in runs):
        time.sleep(LOOK)
    took = time.monotonic() - began
    assert all(run.state == "finished" for run in runs), [run.described(run.state) for run in runs]
    return took


@contextmanager
def home(setting: dict[str, str]) -> Iterator[None]:
    """A folder of runs of its own, and environment variables; what follows its runs ends with the block."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.environ |= {
            "FMNIST_RUNS": folder,
            "FMNIST_WARM": "0",
            "FMNIST_MODE": "personal",
            **setting,
        }
        try:
            yield
        finally:
            end_children()
            os.environ.clear()
            os.environ.update(before)


def end_children() -> None:
    """End what trains here or follows a cluster: it outlives who started it."""
    for child in psutil.Process().children():
        with suppress(psutil.Error):
            if (
                "follow" in child.cmdline()
            ):  # it gives its places back; those of a killed one stay for 30 s
                child.terminate()
                child.wait(10)
            elif "fmnist" in child.cmdline():
                for process in [*child.children(recursive=True), child]:
                    process.kill()


def main() -> int:
    """The exit status: 0 where what was to be reached is."""
    parser = argparse.ArgumentParser(prog="python -m tests.measure_cluster")
    parser.add_argument("what", choices=("recipes", "overhead"))
    parser.add_argument("--share", type=float, default=0.1, help="of the recipes' epochs")
    parser.add_argument("--count", type=int, default=20, help="runs of `tiny`")
    parser.add_argument("--turns", type=int, default=3, help="of either way")
    parser.add_argument("--warm", action="store_true", help="begin with a warm worker, or place")
    options = parser.parse_args()
    if options.what == "recipes":
        return recipes(options.share)
    return overhead(options.count, options.turns, options.warm)


if __name__ == "__main__":
    sys.exit(main())
