"""The process that carries out a sweep: `python -m fmnist sweep-work DIR`, or a shell's own."""

import contextlib
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import filelock
import msgspec

from fmnist.jobs import launcher
from fmnist.machine import this_process
from fmnist.machine.disk import explain
from fmnist.people import acting
from fmnist.runs import allowance, cluster, files
from fmnist.runs.files import RunError
from fmnist.runs.states import WORKER_LOCK
from fmnist.runs.sweep_fields import Trial
from fmnist.runs.sweeps import Sweep

from .trials import Trials

POLL = 0.5  # seconds between two looks at the runs
RETRY = 5.0  # seconds before a run is started again that could not be
PATIENCE = 600.0  # seconds that a sweep waits, with no run active, for what it needs


class BusyError(RunError):
    """Another process carries out the sweep."""


def work(sweep: Sweep, say: Callable[[str], None] = print) -> str | None:
    """Carry out a sweep on behalf of its owner, to its end or until somebody stops it.

    Args:
        sweep: a new one, or one that was stopped, has failed or was interrupted.
        say: called with a line about each trial that has ended.

    Returns:
        Why it has failed, in a sentence; None where it has finished or was stopped.
    """
    try:
        with _alone(sweep), acting.acting_as(allowance.owner_of(sweep.path)):
            _stop_at_signals(sweep)
            return _Working(sweep, say).run()
    except BusyError as error:  # write nothing: another process has the sweep
        return str(error)
    except (RunError, OSError) as error:
        said = explain(error) if isinstance(error, OSError) else str(error)
        return _failed(sweep, said)


class _Working:
    """One process' work on a sweep."""

    def __init__(self, sweep: Sweep, say: Callable[[str], None]):
        self._sweep = sweep
        self._status: dict[str, Any] = {}
        self._written: list[Trial] = []
        self._write_status("running")
        self._trials = Trials(sweep, say)
        self._could_start_at = 0.0  # monotonic seconds, of the next try
        self._waits_since = time.monotonic()

    def run(self) -> str | None:
        """Work to the end; why it failed, in a sentence."""
        more = True
        while more and not self._sweep.stop_requested:
            self._trials.look()
            more = self._start_more()
            self._write()
            if error := self._gives_up():
                return _failed(self._sweep, error)
            launcher.bring_workers()
            time.sleep(POLL if more else 0)
        while more and self._trials.stop_all():
            self._write()
            time.sleep(POLL)
        self._write()
        return self._end(more)

    def _start_more(self) -> bool:
        if time.monotonic() < self._could_start_at:
            return True
        # One waits, so that a worker that has ended a training has the next one at once.
        more = self._trials.start_more(room=cluster.count() + 1)
        if self._trials.waits:
            self._could_start_at = time.monotonic() + RETRY
        if not self._trials.waits or self._trials.active or self._trials.is_full:
            self._waits_since = time.monotonic()
        return more

    def _gives_up(self) -> str | None:
        patient = time.monotonic() < self._waits_since + PATIENCE
        return None if patient else self._trials.waits

    def _write(self) -> None:
        """Let readers know of what has changed.

        Raises:
            OSError: it cannot be written.
        """
        self._write_status("running", **({"waits": w} if (w := self._trials.waits) else {}))
        if (trials := self._trials.all) != self._written:
            files.write(self._sweep.path / "trials.json", msgspec.to_builtins(trials))
            self._written = trials

    def _end(self, stopped: bool) -> str | None:
        trials = self._trials.all
        if stopped:
            self._write_status("stopped")
        elif all(trial.state == "failed" for trial in trials):
            return _failed(self._sweep, f"All trials have failed. The first: {trials[0].error}")
        else:
            self._write_status("finished")
        return None

    def _write_status(self, state: str, **more: str) -> None:
        status = {"state": state, **this_process(), **more}
        if status != self._status:
            files.write(self._sweep.path / "status.json", status | {"updated_at": time.time()})
            self._status = status


@contextlib.contextmanager
def _alone(sweep: Sweep) -> Iterator[None]:
    """Be the sweep's only process meanwhile.

    Raises:
        BusyError: there is another one.
        RunError: the sweep was deleted.
    """
    if not sweep.path.is_dir():
        raise RunError(f"The sweep {sweep.name} no longer exists: it was deleted.")
    lock = filelock.FileLock(
        sweep.path / WORKER_LOCK, timeout=0.2
    )  # who looks has it for an instant
    try:
        lock.acquire()
    except filelock.Timeout:
        raise BusyError(f"The sweep {sweep.name} is carried out by another process.") from None
    try:
        yield
    finally:
        lock.release()


def _stop_at_signals(sweep: Sweep) -> None:
    """Let Ctrl-C and SIGTERM stop the sweep as the page's button does; a second one ends the process."""

    def stop(number: int, frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        (sweep.path / "stop").touch()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)


def _failed(sweep: Sweep, error: str) -> str:
    """Write why the sweep has failed, if that can be written."""
    with contextlib.suppress(OSError):
        status = {"state": "failed", "error": error, "updated_at": time.time(), **this_process()}
        files.write(sweep.path / "status.json", status)
    return error
