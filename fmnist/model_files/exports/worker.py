"""The process that `exporting` starts: loads a run's network, writes a format, compares."""

import json
import os
import re
import sys
from pathlib import Path

from fmnist.data.dataset import DatasetError
from fmnist.inference import classifier
from fmnist.machine import BackendError
from fmnist.machine.disk import explain
from fmnist.model_files import limited, walls
from fmnist.model_files.inspection import ModelFileError
from fmnist.runs.files import RunError
from fmnist.runs.run import Run

from . import formats, network
from .comparison import EXACT, Report, compare
from .exporting import COMPARE, LOAD, REPORT, WRITE
from .formats import Format

NO_SPACE = "No space left on device"  # which TensorFlow says in errors of its own


def work(run: Run, format: Format, path: Path, folder: Path) -> None:
    """Write `path`, and its report to `folder`; or `error.txt`, a sentence."""
    try:
        found = _export(run, format, path, folder)
        (folder / REPORT).write_text(json.dumps(found and found.row()))
    except (ModelFileError, BackendError, DatasetError, RunError) as error:
        limited.refuse(folder, str(error))
    except Exception as error:  # each converter raises its own kinds
        limited.refuse(folder, _in_words(run, format, error))


def _export(run: Run, format: Format, path: Path, folder: Path) -> Report | None:
    if format.predict is None:
        limited.begin(folder, WRITE)
        format.write(run, path)
        return None
    limited.begin(folder, LOAD)
    model, (images, labels) = network.load(run), network.sample(run.dataset)
    limited.begin(folder, WRITE)
    format.write(run, path)
    limited.begin(folder, COMPARE)
    found, own = format.predict(path, images), model.predict(images, batch_size=250, verbose=0)
    compared = compare(found, own, labels)
    if format.exact and not compared.difference <= EXACT:
        raise RunError(
            f"{run.name} was not exported to {format.title}: {format.runtime} predicts probabilities that differ "
            f"by {compared.difference:.1g} from the run's own; expected at most {EXACT:g}."
        )
    if not (run.recipe.quantize and run.complete):
        return Report(compared)
    app = classifier.load_quietly(run.path).probabilities(images)
    return Report(compared, compare(found, app, labels))


def _in_words(run: Run, format: Format, error: Exception) -> str:
    """Why the run was not exported, in a sentence."""
    if NO_SPACE in str(error):
        reason = f"{NO_SPACE.lower()}."
    elif isinstance(error, MemoryError) or "ResourceExhausted" in type(error).__name__:
        reason = f"it needs more than {walls.MEMORY / 2**30:.0f} GB of memory, the limit."
    elif isinstance(error, OSError) and error.strerror:
        reason = explain(error)
    else:
        first = re.split(r"\.\s|\n", str(error).strip())[0][:200].rstrip(".")
        reason = f"its network has something that cannot be converted ({first})."
    return f"{run.name} was not exported to {format.title}: {reason}"


if __name__ == "__main__":
    os.environ["KERAS_BACKEND"] = "tensorflow"  # others convert to less
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    work(Run(Path(sys.argv[1])), formats.find(sys.argv[2]), *map(Path, sys.argv[3:]))
