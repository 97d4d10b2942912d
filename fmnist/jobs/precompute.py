"""Computes the embedding and the robustness of a run before a page needs them."""

import contextlib

from fmnist.analysis.corruptions import CORRUPTIONS
from fmnist.data.dataset import DatasetError
from fmnist.inference.embedding import Embedding
from fmnist.inference.robustness import Robustness
from fmnist.runs import cache, table
from fmnist.runs.files import RunError
from fmnist.runs.run import Run

COSTLY = 50.0  # MFLOP per image; above it, a page would need minutes


def precompute(run: Run) -> None:
    """Compute both and write them to `precomputed.npz` in the run's directory.

    Raises:
        RunError: the run has no usable model, or the model was replaced meanwhile.
        DatasetError: the images of its data set are gone.
        OSError: the file cannot be written.
    """
    stamp = cache.stamp(run)
    parts = {}
    for work in (Embedding(run), *(Robustness(run, kind) for kind in CORRUPTIONS)):
        work.compute()
        parts[work.name] = work.arrays()
    if cache.stamp(run) != stamp:
        raise RunError(f"The model of {run.name} was replaced meanwhile; precompute it again.")
    cache.put(run, stamp, parts)


def wanted(run: Run) -> bool:
    """Whether a run has a large network and nothing precomputed for its current model."""
    return (
        run.usable
        and table.row(run).get("megaflops", 0) >= COSTLY
        and cache.precomputed(run, Embedding(run).name) is None
    )


def is_wanted(run: Run) -> bool:
    """As `wanted`; False of a run that cannot be read."""
    with contextlib.suppress(RunError):
        return wanted(run)
    return False


def if_wanted(run: Run) -> None:
    """Precompute if wanted and possible; the run or its data set may be deleted meanwhile."""
    with contextlib.suppress(RunError, DatasetError, OSError):
        if wanted(run):
            precompute(run)
