"""The progress of a training, saved in a checkpoint to resume from."""

import dataclasses
import json
import math
from pathlib import Path

import msgspec
import numpy as np

from fmnist.runs.fields import Change

from .schedules import Plateau

Weights = list[np.ndarray]


@dataclasses.dataclass(frozen=True)
class Progress:
    """The content of a checkpoint's progress.json."""

    split: int = 0  # index of the current split
    epoch: int = 0  # epochs done on this split
    seconds: float = 0.0  # of training, all splits
    best_loss: float = math.inf  # lowest validation loss so far, all splits, in nats
    best_split: int = 0  # the split with that loss
    best_epoch: int = 0  # the number of epochs on that split
    plateau: Plateau = dataclasses.field(
        default_factory=Plateau
    )  # of the learning rate on this split
    changes: tuple[Change, ...] = ()  # of settings, that had effect


def save(folder: Path, progress: Progress, state: Weights, best: Weights | None) -> None:
    """Write the files of a checkpoint into its folder.

    Args:
        folder: an empty folder.
        progress: of the training.
        state: of the `Stepper`.
        best: the network's weights at the lowest validation loss, if the recipe keeps them.
    """
    np.savez(folder / "state.npz", *state)
    if best is not None:
        np.savez(folder / "best.npz", *best)
    (folder / "progress.json").write_text(json.dumps(dataclasses.asdict(progress)))


def load(folder: Path) -> tuple[Progress, Weights, Weights | None]:
    """Read a checkpoint that `save` wrote: progress, state and best weights."""
    progress = msgspec.convert(json.loads((folder / "progress.json").read_text()), Progress)
    best = folder / "best.npz"
    return progress, _arrays(folder / "state.npz"), _arrays(best) if best.exists() else None


def _arrays(path: Path) -> Weights:
    with np.load(path) as file:
        return [file[name] for name in file.files]
