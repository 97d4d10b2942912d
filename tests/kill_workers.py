"""Kill workers at random moments and resume them: `python -m tests.kill_workers RECIPE --kills N`.

A run's worker is killed with SIGKILL up to `LIVES` times and each time resumed, as the Train page does; then it may end. The run must then be like one that was never killed: the same weights, predictions, figures and curve, bit by bit,
with the same seed in float32. The moments are spread over four stages: the start (Python, TensorFlow, data), the epochs,
the writing of a checkpoint, and what follows the last epoch.
"""

import argparse
import collections
import io
import os
import random
import signal
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable

import h5py
import numpy as np

from fmnist import machine
from fmnist.jobs import launcher
from fmnist.recipes import registry, settings
from fmnist.recipes.recipe import Recipe
from fmnist.runs.run import Run
from fmnist.runs.states import ACTIVE

LIVES = 4  # of a run: so many times at most its worker is killed
CHECKPOINT = 0.03  # seconds that writing one takes, about
SHOWN = 10.0  # seconds after which a killed worker's run must be shown as interrupted
LOOK = 0.002  # seconds between two looks


class Worker:
    """The process that trains a run, first or again, as the Train page starts it."""

    def __init__(self, run: Run):
        """`run` has just been started or resumed; whoever looks at it, as a page does, brings its worker."""
        self.run, self.began = run, time.monotonic()
        while (status := run.status).get("pid") is None:
            launcher.bring_workers()
            time.sleep(LOOK)
        self.described, self.pid = status, status["pid"]

    def until(self, reached: Callable[[], bool]) -> float:
        """Wait until that, or its end; the seconds since its start."""
        while machine.is_alive(self.described) and not reached():
            time.sleep(LOOK)
        return time.monotonic() - self.began

    def is_at(self, phase: str) -> bool:
        """Whether it has reported that phase."""
        status = self.run.status
        return status.get("pid") == self.pid and status.get("phase") == phase

    def kill(self) -> float | None:
        """End it; the seconds until its run was no more shown as one that trains. None if it had ended."""
        if not machine.is_alive(self.described):
            return None
        os.killpg(self.pid, signal.SIGKILL)
        killed = time.monotonic()
        while machine.is_alive(self.described) or self.run.state in ACTIVE:
            time.sleep(LOOK)
        return time.monotonic() - killed


class Killer:
    """Kills workers of one recipe, and compares what becomes of their runs."""

    def __init__(self, recipe: Recipe, kills: int, chance: random.Random):
        """Train once without a kill; `kills` is how many there will be."""
        self.recipe, self.kills, self.chance = recipe, kills, chance
        self.done: collections.Counter[str] = collections.Counter()
        self.slowest = 0.0  # seconds from a kill to the state "interrupted"
        self.whole = launcher.start(recipe)
        worker = Worker(self.whole)
        begun = worker.until(lambda: worker.is_at("training"))
        trained = worker.until(lambda: worker.is_at("finishing"))
        ended = worker.until(lambda: False)
        assert self.whole.state == "finished", self.whole.log()
        self.lengths = {"start": begun, "epochs": trained - begun, "end": ended - trained}
        print(f"{recipe.name}, never killed:", *(f"{k} {v:.1f} s" for k, v in self.lengths.items()))

    def work(self) -> bool:
        """Kill; print what became of each run; whether all are as if nothing had happened."""
        wrong = 0
        while self.done.total() < self.kills:
            run, before = launcher.start(self.recipe), self.done.copy()
            self._kill_and_resume(run)
            problem = difference(run, self.whole)
            wrong += problem is not None
            stages = ", ".join((self.done - before).elements()) or "never"
            print(f"{run.name}: killed: {stages}: {problem or 'identical'}", flush=True)
        print(
            f"{self.recipe.name}: {self.done.total()} kills {dict(self.done)}; runs that differ: {wrong}; "
            f"shown as interrupted after at most {self.slowest:.2f} s"
        )
        return not wrong and self.slowest < SHOWN

    def _kill_and_resume(self, run: Run) -> None:
        for _ in range(LIVES):
            if self.done.total() < self.kills and run.state in ACTIVE:
                stage = self.chance.choice(("start", "epochs", "checkpoint", "end"))
                worker = Worker(run)
                self._wait(worker, stage)
                if (seconds := worker.kill()) is not None:
                    self.done[stage] += 1
                    self.slowest = max(self.slowest, seconds)
            if run.state == "interrupted":
                launcher.resume(run)
        if run.state in ACTIVE:
            Worker(run).until(lambda: False)

    def _wait(self, worker: Worker, stage: str) -> None:
        """Wait for a random moment of that stage."""
        if stage == "end":
            worker.until(lambda: worker.is_at("finishing"))
        elif stage != "start":
            worker.until(lambda: worker.is_at("training"))
        self._while(worker, self.lengths["epochs" if stage == "checkpoint" else stage])
        if stage == "checkpoint":
            worker.until((worker.run.path / "checkpoint.new").exists)
            self._while(worker, CHECKPOINT)

    def _while(self, worker: Worker, most: float) -> None:
        moment = time.monotonic() + self.chance.uniform(0, most)
        worker.until(lambda: time.monotonic() >= moment)


def difference(run: Run, whole: Run) -> str | None:
    """In what a run differs from the one that was never killed."""
    if run.state != "finished":
        return f"{run.described(run.state)}: {run.log()[-300:]}"
    for name, part in (("weights", weights), ("predictions", Run.predictions)):
        if not all(map(np.array_equal, part(run), part(whole))):
            return f"other {name}"
    if not same_curve(run, whole):
        return "another curve"
    figures = [{**each.figures, "seconds": 0} for each in (run, whole)]
    return None if figures[0] == figures[1] else "other figures"


def weights(run: Run) -> list[np.ndarray]:
    """All arrays in model.keras."""
    with zipfile.ZipFile(run.path / "model.keras") as archive:
        content = io.BytesIO(archive.read("model.weights.h5"))
    found: list[np.ndarray] = []
    with h5py.File(content) as file:
        file.visititems(lambda _, each: found.append(each[()]) if hasattr(each, "shape") else None)
    return found


def same_curve(run: Run, whole: Run) -> bool:
    """Whether both have the same epochs, and validated the same; each curve goes forward, no point of it twice.

    The training loss of an epoch is a sum over calls, as long as the machine was fast: its last digits differ.
    """
    points = [row["epoch"] for row in run.metrics() if "end_of_epoch" not in row]
    curves = [[row for row in each.metrics() if "end_of_epoch" in row] for each in (run, whole)]
    exact = [[(row["epoch"], row.get("validation_loss")) for row in rows] for rows in curves]
    near = [[row["loss"] for row in rows] for rows in curves]
    in_order = points == sorted(set(points))
    return in_order and exact[0] == exact[1] and np.allclose(*near, rtol=1e-5)


def main() -> int:
    """The exit status: 0 where each run is as if it had never been killed."""
    parser = argparse.ArgumentParser(prog="python -m tests.kill_workers")
    parser.add_argument("recipe", nargs="?", default="tiny")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0, help="of the random moments")
    parser.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE")
    options = parser.parse_args()
    given = {"precision": "float32", **settings.parse(options.set)}
    recipe = registry.find(options.recipe).changed(**given)
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"FMNIST_RUNS": folder, "FMNIST_WARM": "0", "FMNIST_MODE": "personal"}
        killer = Killer(recipe, options.kills, random.Random(options.seed))
        return 0 if killer.work() else 1


if __name__ == "__main__":
    sys.exit(main())
