"""How fast this machine trains, as it was measured once: kept beside the runs, for each machine and its versions."""

import functools
import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Self

import msgspec

from fmnist import machine
from fmnist.machine import folders
from fmnist.machine.disk import replacing
from fmnist.networks.work import Work

from . import files

FOLDER = ".speed"
LARGEST = 100_000  # bytes


class Speed(msgspec.Struct, frozen=True):
    """What `training.probe` has measured."""

    machine: dict[str, str]  # what it is of: `identity`
    precision: str  # of a recipe with the precision "auto"
    seconds: Work  # for one of each
    augmentations: dict[
        str, Annotated[float, msgspec.Meta(ge=0, le=1e3)]
    ]  # seconds for an image, of one core; mixes too

    def slower(self, factor: float) -> Self:
        """That of a machine which takes so many times as long."""
        made = {name: factor * each for name, each in self.augmentations.items()}
        seconds = self.seconds.scaled(factor)
        return msgspec.structs.replace(self, seconds=seconds, augmentations=made)


@functools.cache
def identity() -> dict[str, str]:
    """What a speed depends on, beside what is trained: this machine, and what computes here."""
    about = {name: str(each) for name, each in machine.description().items() if name != "memory_gb"}
    backend = os.environ.get("KERAS_BACKEND", "tensorflow")
    return about | machine.versions() | {"fmnist": machine.version(), "backend": backend}


def read() -> Speed | None:
    """The speed of this machine; None where it has not been measured."""
    with suppress(OSError):
        return _read(_file(), *files.version(_file()))
    return None


@functools.lru_cache(maxsize=8)
def _read(path: Path, *version: int) -> Speed | None:
    """What a file has; None of one that is damaged, or of another machine."""
    with suppress(OSError, ValueError), open(path, "rb") as file:
        found = msgspec.json.decode(file.read(LARGEST), type=Speed)
        return found if found.machine == identity() else None
    return None


def write(speed: Speed) -> None:
    """Keep the speed of this machine.

    Raises:
        OSError: the folder of the runs cannot be written to.
    """
    _file().parent.mkdir(parents=True, exist_ok=True)
    with replacing(_file()) as path:
        path.write_bytes(msgspec.json.encode(speed))


def _file() -> Path:
    """One a machine, as several may have the same folder of runs."""
    digest = hashlib.sha256(msgspec.json.encode(sorted(identity().items()))).hexdigest()
    return folders.home() / FOLDER / f"{digest[:16]}.json"
