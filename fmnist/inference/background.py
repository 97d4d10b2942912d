"""Work on a run in a background thread, whose partial results can be shown meanwhile."""

import contextlib
import os
import threading
from collections.abc import Iterator

import numpy as np

from fmnist import machine
from fmnist.data.dataset import DatasetError
from fmnist.people import acting
from fmnist.runs import cache
from fmnist.runs.files import RunError
from fmnist.runs.run import Run

from .classifier import Classifier
from .weight_precision import fitting

SAMPLE = 200  # images for a first result: takes at most a second, also for a large network
CHUNK = 200  # images at a time, before other work gets a turn
NICENESS = 10  # gives priority to pages that a visitor waits for

REFINING = threading.Lock()  # held for a chunk: after the samples, only one work runs at a time


class Background:
    """Arrays that are computed once per run, for a sample first, and then cached.

    A subclass has `compute`, which returns the arrays to cache, and `_take`, which shows them.
    """

    name: str  # of the arrays in the cache
    about: str  # what is computed, as the beginning of an error message

    def __init__(self, run: Run):
        """Nothing is computed yet."""
        self.run = run
        self.problem: str | None = None  # why it ended early, in a sentence
        self._sampled = threading.Event()
        self._thread = threading.Thread(target=acting.bound(self._work), daemon=True)

    def start(self) -> None:
        """Use the cached arrays, or begin to compute them."""
        if not self.take_kept():
            self._thread.start()

    def take_kept(self) -> bool:
        """Use the arrays from the run's directory or from the cache; returns whether there are any."""
        place = cache.place(self.run, self.name)
        for found in (cache.precomputed(self.run, self.name), cache.read(place)):
            with contextlib.suppress(KeyError, TypeError, ValueError):  # damaged
                if found:
                    self._take(found)
                    self._sampled.set()
                    return True
        return False

    def wait(self, seconds: float | None = None) -> None:
        """Wait until everything is computed or has failed, at most this number of seconds."""
        if self._thread.is_alive():
            self._thread.join(seconds)

    def wait_for_sample(self, seconds: float) -> None:
        """Wait until the first result is computed or has failed, at most this number of seconds."""
        self._sampled.wait(seconds)

    def _work(self) -> None:
        try:
            step_back()
            self._take(cache.kept(self.run, self.name, self.compute))
        except (RunError, DatasetError) as error:
            self.problem = str(error)
        except Exception as error:  # the thread that waits for it must end too
            self.problem = f"{self.about} of {self.run.name} could not be computed: {error}"
            raise
        finally:
            self._sampled.set()

    def compute(self) -> cache.Arrays:
        """Compute everything in this thread; other threads can read partial results."""
        raise NotImplementedError

    def arrays(self) -> cache.Arrays:
        """The arrays for the run's directory, once everything is computed."""
        raise NotImplementedError

    def _take(self, arrays: cache.Arrays) -> None:
        raise NotImplementedError

    def _loaded(self) -> Classifier:
        """A classifier for this thread only, which does not block the one of the pages."""
        return fitting(self.run, threads=machine.cores())

    def _chunks(self, images: np.ndarray) -> Iterator[np.ndarray]:
        """The images in parts of at most `CHUNK`; the first sample does not wait for other work."""
        for start in range(0, len(images), CHUNK):
            with REFINING if self._sampled.is_set() else contextlib.nullcontext():
                yield images[start : start + CHUNK]


def step_back() -> None:
    """Lower the priority of this thread, and of those that it starts, if the system supports that."""
    with contextlib.suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
