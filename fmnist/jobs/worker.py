"""The work of a worker process: it waits for its turn, trains, and reports how it ended."""

import contextlib
import os
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from fmnist.data.dataset import DatasetError
from fmnist.machine import BackendError, loading_keras, this_process
from fmnist.machine.disk import explain
from fmnist.networks.layer_kinds import NetworkError
from fmnist.runs import cluster, forecast, queue, remarks
from fmnist.runs.files import RunError
from fmnist.runs.run import Run
from fmnist.runs.writer import RunWriter

from . import launcher

IDLE = 300.0  # seconds that a warm worker waits before it ends
MOST = 20  # trainings of one process
LOOK = 20.0  # seconds between two looks at the place of a run that waits at a shell


def wait_for_run() -> Run | None:
    """Load TensorFlow, measure this machine the first time, then wait for the path of a run directory on standard input.

    Returns:
        The run; None if the server ended or sent no run in `IDLE` seconds.
    """
    with loading_keras():
        from fmnist.training import trainer

        trainer.warm_up()
    _measure_machine()
    if not select.select([sys.stdin], [], [], IDLE)[0] or not (line := sys.stdin.readline()):
        return None
    return Run(Path(line.strip()))


def work(run: Run) -> str | None:
    """Train the run in this process, or on the cluster. Ctrl-C and SIGTERM stop it like the page's button.

    Returns:
        The error in a sentence; None if there was none.

    Raises:
        RunError: FMNIST_CLUSTER is wrong.
    """
    if cluster.address():
        from .cluster import shell

        error = shell.work(run)
        if error:
            print(f"fmnist: {error}", file=sys.stderr, flush=True)
        return error
    with contextlib.ExitStack() as place:
        turn = queue.turn(run, _PlacePrinter(run))
        ended = _work(run, lambda: place.enter_context(turn))
    launcher.bring_workers()  # others may have waited for its place
    return ended.error


def work_on(run: Run) -> None:
    """Train the run and then those that wait, one after the other, as TensorFlow is loaded now.

    All output goes to the log.txt of the run. After `MOST` trainings, each of which leaves some megabytes, and after
    one that has more to compute, another process takes over.
    """
    from . import precompute

    with contextlib.ExitStack() as place, contextlib.suppress(RunError, OSError):
        _log_to(run)
        ended = _work(run, lambda: place.enter_context(queue.turn(run)))
        for _ in range(MOST - 1):
            if not ended.has_place or precompute.is_wanted(run) or not (waits := queue.take()):
                break
            run = waits
            _log_to(run)
            ended = _work(run, lambda: True)
    launcher.bring_workers()
    _measure_machine()
    precompute_behind(run)


def _measure_machine() -> None:
    """How fast it trains, for the time that pages show before Start, unless that is known or a run trains.

    FMNIST_WARM=0 turns it off, with the warm worker.
    """
    if os.environ.get("FMNIST_WARM") == "0":
        return
    with contextlib.suppress(BackendError, OSError):  # the next process tries it again
        with loading_keras():
            from fmnist.training import probe
        probe.measure_once()


def work_at(run: Run) -> None:
    """Train the run, in the folder of a place on a cluster; all output goes to its log.txt."""
    with contextlib.suppress(OSError):
        _log_to(run)
        _work(run, lambda: True)


def precompute_behind(run: Run) -> None:
    """Precompute what pages need of a large network, after its training and at the lowest priority.

    It locks neither the run nor the queue: the next training may run at the same time.
    """
    from fmnist.inference import background

    from . import precompute

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    background.step_back()
    with contextlib.suppress(KeyboardInterrupt):  # the training itself is done
        precompute.if_wanted(run)


class _PlacePrinter:
    """Prints a run's place in the queue when it has changed."""

    def __init__(self, run: Run):
        self.run, self.number, self.looked_at = run, 0, -LOOK

    def __call__(self) -> None:
        """Look, every `LOOK` seconds."""
        if time.monotonic() < self.looked_at + LOOK:
            return
        self.looked_at = time.monotonic()
        place = forecast.of(self.run)
        if place and place.number != self.number:
            self.number = place.number
            print(place, flush=True)


class Ended(NamedTuple):
    """How the work on a run ended."""

    error: str | None  # a sentence
    has_place: bool  # to train


def _work(run: Run, turn: Callable[[], bool]) -> Ended:
    """Train the run when it has its turn, for which `turn` waits, and write and print how it ended."""
    print(f"Training {run.name} in {run.path}", flush=True)
    try:
        with queue.alone(run):
            ended = _train_in_turn(run, turn)
    except queue.BusyError as error:  # write nothing: another worker has the run
        return Ended(str(error), has_place=False)
    if ended.error:
        print(f"fmnist: {ended.error}", file=sys.stderr, flush=True)
    elif result := run.result:
        print(f"Test accuracy {result['test_accuracy']:.2%}, loss {result['test_loss']:.4f}")
        if remark := remarks.remark(run, run.state):
            print(remark)
        sys.stdout.flush()
    return ended


def _train_in_turn(run: Run, turn: Callable[[], bool]) -> Ended:
    writer, may_train = RunWriter(run), False
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: queue.request_stop(run))
    try:
        may_train = turn()
        failure = _train(run) if may_train else None
    except RunError as wrong:  # for example FMNIST_WORKERS
        failure = Failure(str(wrong))
    finally:
        writer.restore_result()  # first, because it needs no space on the disk
    if failure:
        writer.update_status(state="failed", **failure._asdict())
    elif not may_train:
        writer.update_status(state="stopped")
    return Ended(failure and failure.error, may_train)


def _log_to(run: Run) -> None:
    """All output goes to the run's log.txt from now on.

    Raises:
        OSError: it cannot be written to; the run has failed.
    """
    try:
        with RunWriter(run).open_log() as log:
            for stream in (sys.stdout, sys.stderr):
                stream.flush()
                os.dup2(log.fileno(), stream.fileno())
    except OSError as error:
        RunWriter(run).restore_result()
        said = f"{run.name} cannot be written to: {explain(error)}"
        RunWriter(run).update_status(state="failed", error=said)
        raise


class Failure(NamedTuple):
    """Why a training failed."""

    error: str  # a sentence
    reason: str | None = None  # "diverged" if the same training would fail again


def _train(run: Run) -> Failure | None:
    RunWriter(run).update_status(state="running", phase="preparing", **this_process())
    try:
        with loading_keras():
            from fmnist.training.reporter import Diverged
            from fmnist.training.trainer import train
    except BackendError as error:
        return Failure(str(error))
    try:
        train(run, verbose=1 if sys.stdout.isatty() else 2)
    except Diverged as error:
        return Failure(str(error), "diverged")
    except (DatasetError, NetworkError, RunError) as error:
        return Failure(str(error))
    except OSError as error:
        return Failure(f"A file could not be read or written: {explain(error)}")
    except (
        Exception
    ) as error:  # such as an error in an architecture: its author needs the traceback
        traceback.print_exc()
        return Failure(f"The training failed with {type(error).__name__}: {error}")
    return None
