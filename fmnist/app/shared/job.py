"""Work in a thread of its own, whose progress a page shows; it ends where it is cancelled."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from fmnist.data.dataset import DatasetError
from fmnist.inference.background import step_back
from fmnist.people import acting
from fmnist.runs.files import RunError

Result = TypeVar("Result")
Report = Callable[[float, str], None]  # what share is done, 0 to 1, and what is being done

TURN = threading.Lock()  # one work at a time: two would take each other's processors and memory


class Cancelled(Exception):
    """Nobody waits for the work any more."""


class Job(Generic[Result]):
    """A function that is called in a thread, behind those of the visitors."""

    def __init__(
        self,
        work: Callable[[Report], Result],
        about: str,
        turn: threading.Lock = TURN,
        waiting: str = "Waiting for another upload…",
    ):
        """Begin.

        Args:
            work: is given a function to report its progress, which raises Cancelled.
            about: the beginning of a sentence about an error that nobody foresaw.
            turn: works of one turn are done one after the other.
            waiting: the words of its progress until its turn comes.
        """
        self.share, self.words = 0.0, waiting
        self.problem: str | None = None  # why there is no result, in a sentence
        self.result: Result | None = None
        self._turn, self._cancelled = turn, threading.Event()
        self._thread = threading.Thread(
            target=acting.bound(self._run), args=(work, about), daemon=True
        )
        self._thread.start()

    @property
    def over(self) -> bool:
        """Whether there is a result or a problem, or neither as it was cancelled."""
        return not self._thread.is_alive()

    def cancel(self) -> None:
        """End it at its next report."""
        self._cancelled.set()

    def wait(self, seconds: float) -> None:
        """Until it is over, or so many seconds have passed."""
        self._thread.join(seconds)

    def _run(self, work: Callable[[Report], Result], about: str) -> None:
        step_back()
        try:
            with self._turn:
                self._report(0.0, "")
                self.result = work(self._report)
        except Cancelled:
            pass
        except (DatasetError, RunError) as error:
            self.problem = str(error)
        except Exception as error:
            if self._cancelled.is_set():  # what it read is deleted by now
                return
            self.problem = f"{about}: {error}"
            raise

    def _report(self, share: float, words: str) -> None:
        if self._cancelled.is_set():
            raise Cancelled
        self.share, self.words = share, words
