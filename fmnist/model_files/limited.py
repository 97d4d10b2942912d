"""A process of ours within `walls`, with limits on the seconds that each of its stages may take.

It reports through files in a folder that it shares with its starter: `stage`, and `error.txt`, a sentence.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from fmnist import machine
from fmnist.machine import folders

from . import walls
from .inspection import ModelFileError

LONGEST = 2_000  # bytes that are read of a sentence
TEXT = {"encoding": "utf-8", "errors": "surrogateescape"}  # a path may be invalid UTF-8
FULL = 1_000_000  # free bytes on a disk below which it is what ended a process
Progress = Callable[[str], None]  # called with the stage


def run(
    module: str,
    arguments: Sequence[str | Path],
    folder: Path,
    subject: str,
    limits: dict[str, float],
    progress: Progress,
    reads: Sequence[Path] = (),
    writes: Sequence[Path] = (),
) -> str:
    """Run `python -m MODULE ARGUMENTS` until it ends.

    Args:
        module, arguments: what to run.
        folder: where the process reports.
        subject: the file or run that it works on, for messages.
        limits: the seconds that each stage may take, by name, in order.
        progress: called 20 times a second with the stage; what it raises ends the process.
        reads, writes: files and folders that it may read, and also write, besides `folder`.

    Returns:
        The stage in which it ended; the process may have died in it.

    Raises:
        ModelFileError: the sentence that the process left, or a stage took too long.
    """
    with tempfile.TemporaryDirectory() as scratch:
        reach = walls.Reach(
            [*map(os.path.abspath, reads)],
            [*map(os.path.abspath, (folder, *writes)), scratch],
            round(sum(limits.values()) * machine.cores()),
        )
        command = ["-m", walls.__name__, reach.as_text(), module, *map(str, arguments)]
        with _started(command, scratch) as process:
            stage = _watch(process, folder, subject, limits, progress)
    with contextlib.suppress(FileNotFoundError), open(folder / "error.txt", "rb") as error:
        if sentence := error.read(LONGEST):
            raise ModelFileError(sentence.decode(**TEXT))
    if process.returncode:
        for place in (folder, *writes):
            _check_space(place, subject)
    return stage


def _check_space(place: Path, subject: str) -> None:
    """Raise ModelFileError where the disk is full, which is then what ended the process."""
    if shutil.disk_usage(place if place.is_dir() else place.parent).free < FULL:
        raise ModelFileError(
            f"There is no space left on the disk of {place.parent} to work on {subject}; make some."
        )


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
def _started(command: list[str], scratch: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start Python, with a folder for its temporary files; it is killed at the end of the block."""
    none = subprocess.DEVNULL
    # It works elsewhere: the same runs and data sets, whatever the working folder here.
    places = {"FMNIST_RUNS": str(folders.home()), "FMNIST_DATA": str(folders.datasets())}
    temporary = dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP"), scratch)
    with subprocess.Popen(
        [sys.executable, *command],
        cwd=folders.ROOT,
        env=os.environ | places | temporary,
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


def begin(folder: Path, stage: str) -> None:
    """Report that a stage begins."""
    (folder / "stage.new").write_text(stage)
    (folder / "stage.new").replace(folder / "stage")


def refuse(folder: Path, sentence: str) -> None:
    """Leave a sentence that says why there is no result."""
    (folder / "error.txt").write_text(sentence, **TEXT)
