"""Whether the folders can be used: written to, locked, with space, by this user, with a clock that fits."""

import contextlib
import errno
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import filelock

from fmnist.machine import folders
from fmnist.machine.disk import explain
from fmnist.people import mode

from .finding import Finding

LEAST_SPACE = 100e6  # bytes; a run has 1 to 30 MB while it trains
SCARCE_SPACE = 1e9
APART = 5.0  # seconds by which the clocks of a disk and of this computer may differ


def check() -> Iterator[Finding]:
    """The folders of runs, data sets and temporary files, and the clock."""
    if _keeps():
        yield from _folder("runs", folders.home(), "FMNIST_RUNS names another folder.")
        if not folders.datasets().is_relative_to(folders.home()):
            yield from _folder("data sets", folders.datasets(), "FMNIST_DATA names another folder.")
        yield from _rights()
    yield from _folder("temporary files", Path(tempfile.gettempdir()), "TMPDIR names another.")
    yield _clock()


def _keeps() -> bool:
    """Whether this mode writes to the folders of runs and data sets."""
    try:
        return mode.refusal("keep") is None
    except mode.ModeError:  # which `computer` reports
        return True


def _folder(about: str, folder: Path, remedy: str) -> Iterator[Finding]:
    existing = next(each for each in (folder, *folder.parents) if os.path.lexists(each))
    if not existing.is_dir():
        yield Finding(about, "wrong", f"{existing} is not a folder. {remedy}")
        return
    try:
        behind = _try(existing)
    except filelock.Timeout:
        behind = None
    except OSError as error:
        yield Finding(about, "wrong", f"{existing} cannot be used: {explain(error)} {remedy}")
        return
    yield _space(about, folder, existing, remedy)
    if behind is not None and abs(behind) > APART:
        yield Finding(
            about,
            "note",
            f"The clock of the disk with {folder} is {abs(behind):.0f} s {'behind' if behind > 0 else 'ahead'}: times of files will be wrong.",
        )


def _try(folder: Path) -> float:
    """Write, replace, lock and delete a file; the seconds that the disk's clock is behind this computer's.

    Raises:
        OSError: one of these is not possible.
    """
    with tempfile.TemporaryDirectory(prefix=".doctor-", dir=folder) as name:
        new, path = Path(name, "new"), Path(name, "file")
        new.write_bytes(bytes(1_000_000))  # a full disk may have room for less
        os.replace(new, path)
        behind = time.time() - path.stat().st_mtime
        with filelock.FileLock(Path(name, "lock"), timeout=1):
            second = filelock.FileLock(Path(name, "lock"), is_singleton=False)
            with contextlib.suppress(filelock.Timeout):
                second.acquire(blocking=False)
                second.release()
                raise OSError(errno.ENOLCK, "It has no file locks (a network drive?)", str(folder))
    return behind


def _space(about: str, folder: Path, existing: Path, remedy: str) -> Finding:
    free = shutil.disk_usage(existing).free
    there = "" if folder.exists() else ", not made yet"
    text = f"{folder}{there}; {free / 1e9:,.1f} GB free."
    if free < LEAST_SPACE:
        return Finding(about, "wrong", f"{text} Make space, or: {remedy}")
    return Finding(about, "note" if free < SCARCE_SPACE else "good", text)


def _rights() -> Iterator[Finding]:
    """What of the runs this user cannot change, and whether others can."""
    home = folders.home()
    with contextlib.suppress(OSError):
        if os.name == "posix" and home.stat().st_mode & stat.S_IWOTH:
            yield Finding("rights", "note", f"Every user of this computer can write to {home}.")
        closed = [
            path.name
            for path in home.iterdir()
            if path.is_dir() and not os.access(path, os.R_OK | os.W_OK | os.X_OK)
        ]
        if closed:
            names = ", ".join(sorted(closed)[:5])
            yield Finding(
                "rights",
                "wrong",
                f"{len(closed)} of the folders in {home} cannot be read or changed by you ({names}): they may be another user's. "
                "Change their owner, or their rights.",
            )


def _clock() -> Finding:
    """Whether the clock is where it was when the newest of our files were written, or later."""
    now, written = time.time(), 0.0
    for path in (Path(__file__), folders.home(), *_statuses()):
        with contextlib.suppress(OSError):
            written = max(written, path.stat().st_mtime)
    said = time.strftime("%Y-%m-%d %H:%M %Z", time.localtime(now))
    if written - now > APART:
        return Finding(
            "clock",
            "wrong",
            f"It is {said} by this computer's clock, but a file was written {(written - now) / 60:,.0f} minutes later than that. Set the clock.",
        )
    return Finding("clock", "good", f"It is {said}.")


def _statuses() -> list[Path]:
    with contextlib.suppress(OSError):
        return [*folders.home().glob("*/status.json")]
    return []
