"""Whether data sets, models and runs are whole, and predict what they predicted when they were measured."""

import contextlib
from collections.abc import Iterator

import numpy as np

from fmnist.data import library
from fmnist.data.dataset import SPLITS, DatasetError
from fmnist.data.fashion_mnist import DATASET
from fmnist.inference import classifier
from fmnist.machine import folders
from fmnist.preprocessing import saliency
from fmnist.runs import listing
from fmnist.runs.files import REMEDY, RunError
from fmnist.runs.run import Run

from .finding import Finding

IMAGES = 20  # test images that each model predicts
APART = 0.02  # of the probability, on average, that may be another class's: processors differ by a thousandth
RESTORE = "Restore it from a complete clone of this project, or install the package again."


def check() -> Iterator[Finding]:
    """Data sets, the models that ship, and the user's own runs."""
    yield from _data()
    yield from _runs("models", _shipped())
    yield from _runs("runs", listing.list_own_runs())


def _data() -> Iterator[Finding]:
    wrong = [*_wrong_data()]
    for text in wrong:
        yield Finding("data", "wrong", text)
    if not wrong:
        sets = [dataset.name for dataset in library.listing()]
        yield Finding("data", "good", f"{len(sets)} data set{'s' * (len(sets) > 1)}, whole.")


def _wrong_data() -> Iterator[str]:
    for name in (DATASET.name, *_own_names()):
        try:
            dataset = library.find(name)
            for split in SPLITS:
                dataset.load(split)
        except DatasetError as error:
            yield str(error)
    if not saliency.MODEL.is_file():
        yield f"{saliency.MODEL} is missing: photos cannot be cut out. {RESTORE}"


def _own_names() -> list[str]:
    with contextlib.suppress(OSError):
        places = sorted(folders.datasets().iterdir())
        return [path.name for path in places if path.is_dir() and path.name[0] != "."]
    return []


def _shipped() -> list[Run]:
    return [run for run in listing.list_runs() if run.shipped]


def _runs(about: str, runs: list[Run]) -> Iterator[Finding]:
    wrong = [text for run in runs if (text := _problem(run))]
    if about == "models" and not runs:
        wrong = [f"{folders.SHIPPED} has no models. {RESTORE}"]
    for text in wrong:
        yield Finding(about, "wrong", text)
    if not wrong:
        usable = sum(run.usable for run in runs)
        text = f"{len(runs)}, {usable} of which predict as measured." if runs else "None yet."
        yield Finding(about, "good", text)


def _problem(run: Run) -> str | None:
    """What is wrong with a run, in a sentence."""
    if run.state == "broken":
        return run.problem
    if not run.usable:  # it trains, or has no model yet
        return None
    try:
        return _differs(run)
    except RunError as error:
        return str(error)
    except DatasetError:  # which was looked at for itself; or it is gone, which a run may outlive
        return None


def _differs(run: Run) -> str | None:
    images, _ = run.dataset.load("test")
    measured, _ = run.predictions()
    some = np.linspace(0, len(images) - 1, min(IMAGES, len(images)), dtype=int)
    predicted = classifier.load_quietly(run.path).probabilities(images[some])
    apart = np.abs(predicted - measured[some].astype(np.float32)).sum(axis=1).mean() / 2
    if apart <= APART:
        return None
    return (
        f"{run.path / 'model.tflite'} does not predict what was measured (predictions.npz): {apart:.0%} of "
        f"the probability is another class's, on average over {len(some)} test images. {RESTORE if run.shipped else REMEDY}"
    )
