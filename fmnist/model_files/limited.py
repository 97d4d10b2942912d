"""A process of ours with limits: on its memory, and on the seconds that each of its stages may take.

It reports through files in a folder that it shares with its starter: `stage`, and `error.txt`, a sentence.
"""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from fmnist.machine import folders

from .inspection import ModelFileError

MEMORY = 4 * 2**30  # bytes; TensorFlow takes 0.5 GB, our widest network 1.2 GB
TEXT = {"encoding": "utf-8", "errors": "surrogateescape"}  # a path may be invalid UTF-8
Progress = Callable[[str], None]  # called with the stage


def run(
    module: str,
    arguments: Sequence[str | Path],
    folder: Path,
    subject: str,
    limits: dict[str, float],
    progress: Progress,
) -> str:
    """Run `python -m MODULE ARGUMENTS` until it ends.

    Args:
        module, arguments: what to run.
        folder: where the process reports.
        subject: the file or run that it works on, for messages.
        limits: the seconds that each stage may take, by name, in order.
        progress: called 20 times a second with the stage; what it raises ends the process.

    Returns:
        The stage in which it ended; the process may have died in it.

    Raises:
        ModelFileError: the sentence that the process left, or a stage took too long.
    """
    with _started(module, arguments) as process:
        stage = _watch(process, folder, subject, limits, progress)
    error = folder / "error.txt"
    if error.exists():
        raise ModelFileError(error.read_text(**TEXT))
    return stage


def at_changes(progress: Progress) -> Progress:
    """The function, called only with each new stage."""
    last = ""

    def report(stage: str) -> None:
        nonlocal last
        if stage != last:
            last = stage
            progress(stage)

    return report


@contextlib.contextmanager
def _started(module: str, arguments: Sequence[str | Path]) -> Iterator[subprocess.Popen[bytes]]:
    """Start the process; it is killed at the end of the block."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    none = subprocess.DEVNULL
    # It works elsewhere: the same runs and data sets, whatever the working folder here.
    places = {"FMNIST_RUNS": str(folders.home()), "FMNIST_DATA": str(folders.datasets())}
    with subprocess.Popen(
        command,
        cwd=folders.ROOT,
        env=os.environ | places,
        stdin=none,
        stdout=none,
        stderr=none,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _watch(
    process: subprocess.Popen[bytes],
    folder: Path,
    subject: str,
    limits: dict[str, float],
    progress: Progress,
) -> str:
    stage, since = "", time.monotonic()
    while process.poll() is None:
        if (found := stage_of(folder, limits)) != stage:
            stage, since = found, time.monotonic()
        progress(stage)
        if time.monotonic() - since > limits[stage]:
            raise ModelFileError(
                f"{subject} was stopped: {stage[0].lower()}{stage[1:]} took more than "
                f"{limits[stage]:g} s, the limit."
            )
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
    return stage_of(folder, limits)


def stage_of(folder: Path, limits: dict[str, float]) -> str:
    """The stage that the process reported last; the first where it has reported none."""
    with contextlib.suppress(OSError):
        found = (folder / "stage").read_text()
        if found in limits:
            return found
    return next(iter(limits))


# In the process


def limit_memory(bytes_of_data: int = MEMORY) -> None:
    """Take no more memory than that, where the system has such a limit; leave no core file."""
    with contextlib.suppress(ImportError, ValueError, OSError):  # Windows has no such limit
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (bytes_of_data, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def begin(folder: Path, stage: str) -> None:
    """Report that a stage begins."""
    (folder / "stage.new").write_text(stage)
    (folder / "stage.new").replace(folder / "stage")


def refuse(folder: Path, sentence: str) -> None:
    """Leave a sentence that says why there is no result."""
    (folder / "error.txt").write_text(sentence, **TEXT)
