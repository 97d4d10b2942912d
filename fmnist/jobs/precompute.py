"""What pages show of a run beyond its predictions, computed ahead: its embedding and its robustness."""

import contextlib

from fmnist.analysis.corruptions import CORRUPTIONS
from fmnist.inference.embedding import Embedding
from fmnist.inference.robustness import Robustness
from fmnist.runs import cache, table
from fmnist.runs.files import RunError
from fmnist.runs.run import Run

COSTLY = 50.0  # MFLOP an image from which on a page would need minutes for it


def precompute(run: Run) -> None:
    """Compute it and write it into the run's directory, `precomputed.npz`.

    Raises:
        RunError: the run has no model that can be used, or has another one meanwhile.
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
    """Whether a run has a large network and nothing precomputed that is of its present model."""
    return (
        run.usable
        and table.row(run).get("megaflops", 0) >= COSTLY
        and cache.precomputed(run, Embedding(run).name) is None
    )


def if_wanted(run: Run) -> None:
    """The same where it is wanted and can be done; the run can be used, or be deleted, meanwhile."""
    with contextlib.suppress(RunError, OSError):
        if wanted(run):
            precompute(run)
