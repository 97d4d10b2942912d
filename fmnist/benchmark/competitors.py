"""Who trains: our train step, Keras out of the box and tuned, PyTorch; each in a process and environment of its own.

TensorFlow reads once, when it is loaded, whether it may use oneDNN, and the threads of two libraries in
one process disturb each other.
"""

import contextlib
import dataclasses
import importlib.util
import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from typing import Any

from fmnist import machine
from fmnist.machine import folders
from fmnist.machine.instructions import has_bfloat16

OURS = "train step"
OPPONENTS = ("Keras fit", "Keras tuned", "PyTorch")  # the best variant of each is compared
ONEDNN = "TF_ENABLE_ONEDNN_OPTS"


@dataclasses.dataclass(frozen=True)
class Competitor:
    """A way to train a recipe."""

    name: str
    how: str  # see `epochs`
    options: dict[str, Any] = dataclasses.field(default_factory=dict)
    environment: dict[str, str] | None = None  # what differs from ours; {}: without our settings


KERAS_FIT = Competitor("Keras fit", "fit", environment={})


def competitors() -> list[Competitor]:
    """Us, and every variant of each opponent that can run here."""
    precisions = ("float32", "bfloat16") if has_bfloat16() else ("float32",)
    found = [Competitor(OURS, "step"), KERAS_FIT]
    for precision, onednn in itertools.product(precisions, ("0", "1")):
        words = "with oneDNN" if onednn == "1" else "without oneDNN"
        options: dict[str, Any] = {"precision": precision}
        name = f"Keras tuned, {precision}, {words}"
        found.append(Competitor(name, "tuned", options, {ONEDNN: onednn}))
    if importlib.util.find_spec("torch"):
        for precision, compiled in itertools.product(precisions, (False, True)):
            name = f"PyTorch {'compiled' if compiled else 'eager'}, {precision}"
            options = {"precision": precision, "compiled": compiled}
            found.append(Competitor(name, "pytorch", options))
    return found


class Process:
    """A competitor's process, for one recipe. `problem` says why it can't train it, if it can't."""

    def __init__(self, competitor: Competitor, recipe: str, images: int):
        """Start it; `wait` for it before an epoch."""
        task = {"how": competitor.how, "recipe": recipe, "images": images}
        task["options"] = competitor.options
        self.name, self.images, self.problem = competitor.name, 0, ""
        process = subprocess.Popen(
            [sys.executable, "-m", "fmnist.benchmark.epochs", json.dumps(task)],
            cwd=folders.ROOT,
            env=environment(competitor),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdin
        assert process.stdout
        self._process, self._stdin, self._stdout = process, process.stdin, process.stdout

    def wait(self) -> None:
        """Until it is ready, or has said its problem."""
        ready = self._answer() or {"problem": f"ended with code {self._process.wait()}"}
        self.images, self.problem = ready.get("images", 0), ready.get("problem", "")

    def epoch(self) -> float:
        """Train an epoch; the seconds until its last batch.

        Raises:
            OSError: the process has ended.
        """
        with contextlib.suppress(BrokenPipeError):
            self._stdin.write("epoch\n")
            self._stdin.flush()
        if not (answer := self._answer()):
            raise OSError(f"The process of {self.name} ended with code {self._process.wait()}.")
        return float(answer["seconds"])

    def timed_epoch(self) -> tuple[float, float]:
        """Train an epoch; its seconds, and those until its last batch.

        Raises:
            OSError: the process has ended.
        """
        began = time.perf_counter()
        until_last_batch = self.epoch()
        return time.perf_counter() - began, until_last_batch

    def end(self) -> None:
        """End it, if it has not ended."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._stdin, self._stdout):
            with contextlib.suppress(BrokenPipeError):  # of what was not sent any more
                pipe.close()

    def _answer(self) -> dict[str, Any]:
        line = self._stdout.readline()
        return json.loads(line) if line else {}


@contextlib.contextmanager
def started(who: Iterable[Competitor], recipe: str, images: int) -> Iterator[list[Process]]:
    """The processes, ready, until the block ends.

    Raises:
        OSError: one of them, other than PyTorch, can't train the recipe.
    """
    with contextlib.ExitStack() as stack:
        processes = []
        for competitor in who:
            process = Process(competitor, recipe, images)
            stack.callback(process.end)
            process.wait()  # one at a time, as each takes all cores to load
            processes.append(process)
            if process.problem and competitor.how != "pytorch":
                raise OSError(f"{process.name} can't train {recipe}: {process.problem}")
        yield processes


def environment(competitor: Competitor) -> dict[str, str]:
    """The variables that its process has."""
    ours = machine.for_tensorflow(machine.cores())
    own = ours if competitor.environment is None else competitor.environment
    return {name: value for name, value in os.environ.items() if name not in ours} | own
