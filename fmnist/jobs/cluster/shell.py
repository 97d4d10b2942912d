"""Trains a command's runs on a cluster, all at once, and prints what they print; Ctrl-C stops them."""

import contextlib
import queue as queues
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence

from fmnist.runs import cluster, queue
from fmnist.runs.run import Run

from . import connection
from .following import end
from .handshake import ClusterError
from .pool import Pool

LOOK = 0.25  # seconds between two looks at what was printed

Ended = tuple[Run, str | None]  # a run and what went wrong, in a sentence


def work(run: Run) -> str | None:
    """Train one run; the error in a sentence, None if there was none."""
    return next((error for _, error in work_on_all([run])), None)


def work_on_all(runs: Sequence[Run]) -> Iterator[Ended]:
    """Train runs at once, as far as the cluster has room; Ctrl-C and SIGTERM stop them all.

    Yields:
        Each run as it ends, and what went wrong with it, in a sentence.

    Raises:
        RunError: FMNIST_CLUSTER or FMNIST_WORKERS is wrong.
        OSError: a run cannot be written to.
    """
    address, given = cluster.address(), Given(runs)
    assert address
    for run in runs:
        queue.set_apart(run)
        print(f"{run.name} goes to the cluster at {address}; its folder is {run.path}", flush=True)
    printer = _Printer(runs)
    with _signals(given):
        try:
            with connection.connected(address) as here, _signals(given):  # Ray takes SIGTERM
                yield from _follow(Pool(given, here), given, printer)
        except ClusterError as error:
            yield from given.fail(str(error))


def _follow(pool: Pool, given: "Given", printer: "_Printer") -> Iterator[Ended]:
    try:
        while given.open:
            nodes = pool.step()
            if problem := pool.hopeless(nodes):
                raise ClusterError(problem)
            printer.warn(pool.problem(nodes))
            given.stop_those_that_wait()
            ended = [*given.take_ended()]
            printer.print()
            yield from ended
            time.sleep(0 if ended else LOOK)
    finally:
        given.request_stop()
        pool.close()


class Given:
    """The runs of one command: a source for a pool."""

    def __init__(self, runs: Sequence[Run]):
        """All of them wait."""
        self.open = [*runs]  # those whose end was not told yet
        self._waiting, self._lock = [*runs], threading.Lock()
        self._ended = queues.SimpleQueue[Ended]()

    def waiting(self) -> int:
        """How many there are to take."""
        return len(self._waiting)

    def take(self) -> Run | None:
        """The next one."""
        with self._lock:
            return self._waiting.pop(0) if self._waiting else None

    def put_back(self, run: Run) -> None:
        """It is the next one."""
        queue.set_apart(run)
        with self._lock:
            self._waiting.insert(0, run)

    def busy(self, run: Run, error: str) -> None:
        """Somebody else has resumed it."""
        self.ended(run, error)

    def ended(self, run: Run, error: str | None) -> None:
        """Its end is reported by `take_ended`, in the command's own thread."""
        self._ended.put((run, error))

    def take_ended(self) -> Iterator[Ended]:
        """Those that have ended since."""
        while not self._ended.empty():
            run, error = self._ended.get()
            self.open.remove(run)
            yield run, error

    def request_stop(self) -> None:
        """Ask all that are open to stop."""
        for run in self.open:
            queue.request_stop(run)

    def stop_those_that_wait(self) -> None:
        """Let those that were asked to stop wait no longer."""
        for run in [run for run in self._waiting if run.stop_requested]:
            with self._lock, contextlib.suppress(ValueError):  # a place has just taken it
                self._waiting.remove(run)
                end(run, {"state": "stopped"})
                self.ended(run, None)

    def fail(self, error: str) -> Iterator[Ended]:
        """The cluster cannot be used: so end all that are open."""
        yield from self.take_ended()
        for run in self.open:
            end(run, {"state": "failed", "error": error})
            yield run, error


class _Printer:
    """Prints what the runs' logs get; of several, with the name before each line."""

    def __init__(self, runs: Sequence[Run]):
        self._read = {run: _size_of_log(run) for run in runs}
        self._warned = ""

    def print(self) -> None:
        """What is new, in whole lines."""
        for run, start in self._read.items():
            with contextlib.suppress(FileNotFoundError), open(run.path / "log.txt", "rb") as log:
                log.seek(start)
                text, end, _ = log.read().rpartition(b"\n")
                self._read[run] += len(text + end)
                for line in text.decode(errors="replace").splitlines():
                    print(f"{run.name}: {line}" if len(self._read) > 1 else line)
        sys.stdout.flush()

    def warn(self, problem: str) -> None:
        """Why nothing trains now; once."""
        if problem and problem != self._warned:
            print(
                f"fmnist: {problem} It waits for that; Ctrl-C ends it.", file=sys.stderr, flush=True
            )
        self._warned = problem


def _size_of_log(run: Run) -> int:
    with contextlib.suppress(FileNotFoundError):
        return (run.path / "log.txt").stat().st_size
    return 0


@contextlib.contextmanager
def _signals(given: Given) -> Iterator[None]:
    """Ctrl-C and SIGTERM ask the runs to stop meanwhile."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda *_: given.request_stop()) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
