"""The run in a ZIP that another copy exported -> a run here.

What can be measured here is: the model is loaded in the sandbox, evaluated on the test images, and its figures are
ours. What only the other copy knows (the learning curve, the other figures, the recipe) is checked and kept. Texts are
replaced or reduced to letters, and code of a network of somebody's own is kept to be read: it is never run.
"""

import dataclasses
import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import msgspec
import numpy as np

from fmnist.analysis import metrics
from fmnist.data import library
from fmnist.data.dataset import DataSet, DatasetError
from fmnist.machine import folders
from fmnist.recipes import settings
from fmnist.recipes.fields import describe
from fmnist.recipes.recipe import NAME, Recipe
from fmnist.runs import changes, files
from fmnist.runs.fields import Description, Imported, Layer, Result
from fmnist.runs.files import RunError
from fmnist.runs.run import Run
from fmnist.runs.writer import RunWriter

from . import archive, inspection, preprocessings, sandbox
from .inspection import ModelFileError
from .limited import Progress

DIFFERENT = sandbox.DIFFERENT  # share of images, for other processors and versions
ELSEWHERE = " (elsewhere)"  # after the name of a parent that is a run of another copy: no run here has such a name
BUILDER = re.compile(r"[\w.-]{1,100}\.py:\w{1,100}")
AGAIN = "Download the run again from the copy that has it."


def fill(run: Run, path: Path, file_name: str, progress: Progress) -> str:
    """Put the run of a ZIP into a new directory, checked and evaluated.

    Args:
        run: its directory is empty.
        path: the ZIP.
        file_name: what it is called.
        progress: called with each stage.

    Returns:
        What the run was called; "" where the ZIP does not say.

    Raises:
        ModelFileError: the ZIP, or something in it, cannot be used, in one sentence.
        OSError: a file cannot be written.
    """
    try:
        called = archive.unpack(path, run.path)
        result = _checked(run, path, file_name)
        _evaluate(run, result, progress)
    except (ModelFileError, RunError, DatasetError) as error:
        inside = str(error).replace(f"{run.path}/", f"{file_name}: ").replace(str(path), file_name)
        begin = "" if file_name in inside else f"{file_name}: "
        raise ModelFileError(f"{begin}{inside}") from None
    return called


def about(run: Run) -> str:
    """What is known of a run from another copy, in sentences; "" of one that was made here."""
    if not (origin := run.received):
        return ""
    gone = [name for name in run.recipe.others if name.endswith(ELSEWHERE)]
    parents = (
        f" {', '.join(name.removesuffix(ELSEWHERE) for name in gone)}, with which it was trained, did not come along: it "
        "predicts, but cannot be trained again."
        if gone
        else ""
    )
    code = (
        " The code of its network came along to be read; it is never run here."
        if run.recipe.builder_foreign
        else ""
    )
    return (
        f"This run came from another copy, in {origin['file']}. Its test accuracy was measured here; the learning curve and "
        f"all other figures are those of that copy.{parents}{code}"
    )


def _checked(run: Run, path: Path, file_name: str) -> Result:
    """Check what the files say, and write run.json again; the result that the other copy had."""
    described = files.read(run.path / "run.json", Description, AGAIN)
    result = files.read(run.path / "result.json", Result, AGAIN)
    _refuse_newer(run)
    recipe, dataset = files.read_recipe(run.path / "run.json"), _dataset(described["data"])
    if recipe.imported != ("imported" in described):
        raise ModelFileError(f"{run.path}/run.json does not fit its recipe {recipe.name}. {AGAIN}")
    trained_on = result.pop("machine", described.get("machine", {}))
    kept: dict[str, Any] = {
        "recipe": dataclasses.asdict(_recipe(recipe, dataset, file_name)),
        "data": dataset.as_json(),
        "created_at": described["created_at"],
        "versions": {
            _plain(name): _plain(text) for name, text in described.get("versions", {}).items()
        },
        "machine": {
            _plain(name): _plain(value) if isinstance(value, str) else value
            for name, value in trained_on.items()
        },
        "received": {
            "file": _plain(file_name),
            "sha256": inspection.digest(path),
            "at": time.time(),
        },
    }
    if origin := described.get("imported"):
        kept["imported"] = _origin(origin)
    files.write(run.path / "run.json", kept)
    if problem := changes.problem(run):
        raise RunError(problem)
    return result


def _refuse_newer(run: Run) -> None:
    """Refuse fields that this version would drop: they may change the meaning of the others."""
    described, result = (
        msgspec.json.decode(files.read_bytes(run.path / name))
        for name in ("run.json", "result.json")
    )
    for name, content, known in (
        ("run.json", described, Description.__annotations__),
        ("run.json", described["recipe"], describe(Recipe)),
        ("result.json", result, Result.__annotations__),
    ):
        if unknown := sorted(content.keys() - known.keys()):
            raise ModelFileError(
                f"{run.path}/{name} has {unknown[0][:40]!r}, which this version does not know; if a newer one wrote it, "
                "update this copy."
            )


def _dataset(wanted: DataSet) -> DataSet:
    """The data set here, under whatever name, that the run was trained on."""
    for known in library.listing():
        if known.digest == wanted.digest:
            return known
    raise ModelFileError(
        f"It was trained on the data set {wanted.name[:60]} ({wanted.classes} classes, {wanted.form}), which is not here, so "
        "that it cannot be evaluated. Add that data set first, the same images and labels."
    )


def _recipe(recipe: Recipe, dataset: DataSet, file_name: str) -> Recipe:
    """The recipe with texts of ours, and with parents that no run here can be taken for."""
    if recipe.builder and not BUILDER.fullmatch(recipe.builder):
        raise ModelFileError(
            f"Its network is built by {recipe.builder[:60]!r}; expected FILE.py:FUNCTION. {AGAIN}"
        )
    known = settings.base(recipe)
    texts = [field.name for field in dataclasses.fields(Recipe) if not field.compare]
    about: dict[str, Any] = {
        name: None if known is recipe else getattr(known, name) for name in texts
    }
    if known is recipe:
        about["source"] = f"A run of another copy, which came in {_plain(file_name)}."
    return dataclasses.replace(
        recipe,
        **about,
        data=dataset.name,
        builder_foreign=bool(recipe.builder_source),
        teachers=tuple(map(_elsewhere, recipe.teachers)),
        pretrained=recipe.pretrained and _elsewhere(recipe.pretrained),
        ensemble_member=recipe.ensemble_member and _elsewhere(recipe.ensemble_member),
    )


def _elsewhere(parent: str) -> str:
    """A parent's name; one that ships is the same everywhere."""
    name = parent.removesuffix(ELSEWHERE)
    if not NAME.fullmatch(name):
        raise ModelFileError(
            f"It was trained with a run {parent[:60]!r}; expected the name of one. {AGAIN}"
        )
    return name if (folders.SHIPPED / name).is_dir() else f"{name}{ELSEWHERE}"


def _origin(origin: Imported) -> Imported:
    """What is known of the model file that the run was made of; pages preprocess images as it says."""
    if (name := origin["preprocessing"]) not in preprocessings.NAMES:
        raise ModelFileError(
            f"Its model has the preprocessing {name[:60]!r}, which this version does not know; update this copy."
        )
    return Imported(
        file=_plain(origin["file"]),
        preprocessing=name,
        about="How its preprocessing was found is known to the copy that it came from.",
    )


def _plain(text: str) -> str:
    """Letters, digits and what cannot be Markdown; cut to a line."""
    return re.sub(r"[^\w .,;+()@-]", "", text)[:200]


def _evaluate(run: Run, claimed: Result, progress: Progress) -> None:
    """Measure the model here, see that it is the one that the files are about, and write the result."""
    _, predicted = run.predictions()
    images, labels = run.dataset.load("test")
    probabilities = sandbox.check(run.path, images, progress).probabilities
    about = json.loads((run.path / "about.json").read_text())
    scores = metrics.scores("test_", probabilities, labels)
    for problem in _problems(claimed, predicted, probabilities, about | scores):
        raise ModelFileError(f"{run.path}/{problem}: the files are not of one run. {AGAIN}")
    for name in ("about.json", "changes.json"):  # what was changed is in the result
        (run.path / name).unlink(missing_ok=True)
    writer = RunWriter(run)
    writer.keep_metrics(lambda row: True)
    writer.finish(_kept(claimed) | cast(Result, about | scores), probabilities)
    if broken := run.problem:
        raise RunError(broken)
    run.predictions()  # which must be probabilities


def _kept(claimed: Result) -> Result:
    """The figures that only the other copy could measure."""
    kept = claimed.copy()
    for name in ("before", "after"):
        if name in kept:
            kept[name] = {data: each for data, each in kept[name].items() if NAME.fullmatch(data)}
    return kept


def _problems(
    claimed: Result, predicted: np.ndarray, probabilities: np.ndarray, found: Mapping[str, Any]
) -> Iterator[str]:
    """What does not fit the model, after the file that says so."""
    if _shapes(claimed["layers"]) != _shapes(found["layers"]):
        yield "result.json lists other layers than model.keras has"
    if (apart := float((predicted != probabilities.argmax(axis=1)).mean())) > DIFFERENT:
        yield f"predictions.npz has other classes than its model predicts for {apart:.0%} of the test images"
    accuracy = claimed["test_accuracy"]
    if abs(accuracy - found["test_accuracy"]) > DIFFERENT:
        yield f"result.json has a test accuracy of {accuracy:.1%}, and its model {found['test_accuracy']:.1%}"


def _shapes(layers: Iterable[Layer]) -> list[tuple[str, list[int], int]]:
    return [(layer["type"], layer["output_shape"], layer["parameters"]) for layer in layers]
