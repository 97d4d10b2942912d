"""The worker process of a place, on a node: it trains each run whose folder standard input names."""

import os
import shutil
import sys
import threading
import time
from pathlib import Path

from fmnist.jobs import precompute, worker
from fmnist.machine import BackendError, folders, loading_keras
from fmnist.runs.run import Run

from .place import DONE

LOOK = 1.0  # seconds between two looks whether the place is still there


def work() -> None:
    """Load TensorFlow, then train one run after the other until standard input ends."""
    threading.Thread(target=_end_with, args=[os.getppid()], daemon=True).start()
    try:
        with loading_keras():
            from fmnist.training import trainer

            trainer.warm_up()
    except BackendError:
        pass  # each training reports that
    for line in sys.stdin:
        run = Run(Path(line.strip()))
        worker.work_at(run)
        precompute.if_wanted(run)
        (run.path / DONE).touch()


def _end_with(place: int) -> None:
    """End with the place's process, whose child this one is, and delete its files: nobody would fetch them."""
    while os.getppid() == place:
        time.sleep(LOOK)
    shutil.rmtree(folders.home().parent, ignore_errors=True)
    os._exit(1)
