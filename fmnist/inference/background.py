"""Work on a run that goes on in a thread of its own; what it has found so far can be shown meanwhile."""

import contextlib
import os
import threading
from collections.abc import Iterator

import numpy as np

from fmnist import machine
from fmnist.runs import cache
from fmnist.runs.files import RunError
from fmnist.runs.run import Run

from .classifier import Classifier
from .weight_precision import fitting

SAMPLE = 200  # images that a first result comes from: within a second also for a large network
CHUNK = 200  # images between two looks whether other work has come first
NICENESS = 10  # so that a waiting visitor comes first

REFINING = threading.Lock()  # held for a chunk: after its sample, only one work at a time goes on


class Background:
    """Arrays that are computed once a run, a sample first, and then kept.

    A subclass has `compute`, which returns the arrays as they are kept, and `_take`, which shows them.
    """

    name: str  # what the arrays are kept under
    about: str  # what could not be computed, if so: the beginning of a sentence

    def __init__(self, run: Run):
        """Nothing is computed yet."""
        self.run = run
        self.problem: str | None = None  # why it ended early, in a sentence
        self._sampled = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def start(self) -> None:
        """Take what is kept, or begin to compute it."""
        if not self.take_kept():
            self._thread.start()

    def take_kept(self) -> bool:
        """Take what the run's directory holds or what was kept; whether there is any."""
        place = cache.place(self.run, self.name)
        for found in (cache.precomputed(self.run, self.name), cache.read(place)):
            with contextlib.suppress(KeyError, TypeError, ValueError):  # not as it was written
                if found:
                    self._take(found)
                    self._sampled.set()
                    return True
        return False

    def wait(self, seconds: float | None = None) -> None:
        """Until all is known or has failed, or so many seconds have passed."""
        if self._thread.is_alive():
            self._thread.join(seconds)

    def wait_for_sample(self, seconds: float) -> None:
        """Until there is a first result or it has failed, or so many seconds have passed."""
        self._sampled.wait(seconds)

    def _work(self) -> None:
        try:
            step_back()
            self._take(cache.kept(self.run, self.name, self.compute))
        except RunError as error:
            self.problem = str(error)
        except Exception as error:  # the thread that waits for it must end too
            self.problem = f"{self.about} of {self.run.name} could not be computed: {error}"
            raise
        finally:
            self._sampled.set()

    def compute(self) -> cache.Arrays:
        """All of it, in this thread; what is known meanwhile can be read from others."""
        raise NotImplementedError

    def arrays(self) -> cache.Arrays:
        """What the run's directory holds, once all is known."""
        raise NotImplementedError

    def _take(self, arrays: cache.Arrays) -> None:
        raise NotImplementedError

    def _loaded(self) -> Classifier:
        """The network, of this thread alone: those who wait for answers have another."""
        return fitting(self.run, threads=machine.cores())

    def _chunks(self, images: np.ndarray) -> Iterator[np.ndarray]:
        """The images part by part, `CHUNK` at most; the first sample does not wait for other work."""
        for start in range(0, len(images), CHUNK):
            with REFINING if self._sampled.is_set() else contextlib.nullcontext():
                yield images[start : start + CHUNK]


def step_back() -> None:
    """Let this thread, and those that it starts, run behind others, where the system can do so."""
    with contextlib.suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
