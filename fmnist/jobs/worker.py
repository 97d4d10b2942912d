"""The work of a worker process: it waits for its turn, trains, and reports how it ended."""

import contextlib
import os
import select
import signal
import sys
import traceback
from pathlib import Path
from typing import NamedTuple

from fmnist.data.dataset import DatasetError
from fmnist.machine import BackendError, loading_keras, this_process
from fmnist.machine.disk import explain
from fmnist.networks.layer_kinds import NetworkError
from fmnist.runs import queue
from fmnist.runs.files import RunError
from fmnist.runs.run import Run
from fmnist.runs.writer import RunWriter

IDLE = 300.0  # seconds that a warm worker waits before it ends


def wait_for_run() -> Run | None:
    """Load TensorFlow, then wait for the path of a run directory on standard input.

    After that, all output goes to the run's log.txt.

    Returns:
        The run; None if the server ended or sent no run in `IDLE` seconds.
    """
    with loading_keras():
        from fmnist.training import trainer

        trainer.warm_up()
    if not select.select([sys.stdin], [], [], IDLE)[0] or not (line := sys.stdin.readline()):
        return None
    run = Run(Path(line.strip()))
    with RunWriter(run).open_log() as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    return run


def work(run: Run) -> str | None:
    """Train the run in this process. Ctrl-C and SIGTERM stop it like the page's button.

    Returns:
        The error in a sentence; None if there was none.
    """
    try:
        with queue.alone(run):
            return _work(run)
    except queue.BusyError as error:  # write nothing: another worker has the run
        return str(error)


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


def _work(run: Run) -> str | None:
    writer = RunWriter(run)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: queue.request_stop(run))
    try:
        with queue.turn(run) as may_train:
            failure = _train(run) if may_train else None
    except RunError as wrong:  # for example FMNIST_WORKERS
        failure, may_train = Failure(str(wrong)), False
    finally:
        writer.restore_result()  # first, because it needs no space on the disk
    if failure:
        writer.update_status(state="failed", **failure._asdict())
    elif not may_train:
        writer.update_status(state="stopped")
    return failure and failure.error


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
