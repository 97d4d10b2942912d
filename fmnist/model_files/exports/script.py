"""A plain Keras script, without this package, that trains a run's recipe again."""

import ast
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import fmnist
from fmnist.analysis import metrics
from fmnist.data import fashion_mnist
from fmnist.data.dataset import DataSet
from fmnist.networks import source_code
from fmnist.networks.builder_file import FileNetwork
from fmnist.recipes.recipe import FROM_FILE, Recipe
from fmnist.runs import changes
from fmnist.runs.fields import Result
from fmnist.runs.files import RunError
from fmnist.runs.run import Run
from fmnist.training import schedules

PACKAGE = Path(fmnist.__file__).parent
WIDTH = 110  # characters of a line of text
KNOWN = ("keras", "np", "gzip", "Path")  # that the script has itself
IN_WORDS = {  # what the augmentations and mixings do
    "flip": "half of them are mirrored",
    "flip-vertical": "half of them are turned upside down",
    "shift": "they are moved by up to two pixels",
    "affine": "they are turned, zoomed and shifted a little",
    "erase": "half of them get a patch of noise",
    "cutmix": "half of them get a rectangle of another image, and a part of its label",
    "fmix": "half of them get blots of another image, and a part of its label",
}
OPTIMIZERS = {
    "adam": "Adam({})",
    "rmsprop": "RMSprop({})",
    "sgd": "SGD({})",
    "nesterov": "SGD({}, momentum=0.9, nesterov=True)",
}


def write(run: Run, path: Path) -> None:
    """Write the script.

    Raises:
        RunError: as `source`.
        OSError: the file cannot be written.
    """
    path.write_text(source(run), "utf-8")


def source(run: Run, notebook: bool = False) -> str:
    """The script's text. Each line that begins with "# %%" begins a cell of the notebook.

    Args:
        run: finished or stopped.
        notebook: whether it is for one: without options of a shell, and with the recorded learning curves.

    Raises:
        RunError: the run was not trained here, has no model, or has a network that the script cannot hold.
    """
    import jinja2  # which few commands need

    recipe, dataset = run.recipe, run.dataset
    if recipe.imported:
        raise RunError(
            f"{run.name} came in a model file: how it was trained is not known, so that nothing can train it again. "
            "Export it as a model or a card."
        )
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
        autoescape=False,
    )
    text = environment.get_template("training.py.jinja").render(
        _about(run, recipe, dataset, notebook)
        | _data(dataset)
        | _network(recipe)
        | _training(recipe)
        | {"notebook": notebook, "recipe": recipe, "recorded": recorded(run)}
    )
    _check(text, recipe)
    return text


def left_out(run: Run) -> list[str]:
    """What a run did that the script does not, a sentence each.

    Raises:
        RunError: the run cannot be read.
    """
    return list(_left_out(run))


def recorded(run: Run) -> list[tuple[float | None, ...]]:
    """The run's learning curve: epoch, training loss and accuracy, validation loss and accuracy, a row an epoch."""
    keys = ("loss", "accuracy", "validation_loss", "validation_accuracy")
    ends: list[dict[str, Any]] = [{**row} for row in run.metrics() if row.get("end_of_epoch")]
    return [(int(row["epoch"]), *(_rounded(row.get(key)) for key in keys)) for row in ends]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _left_out(run: Run) -> Iterator[str]:
    recipe, result = run.recipe, run.figures
    if result.get("stopped"):
        yield (
            f"The run was stopped after {result['epochs']} of its {sum(recipe.splits)} epochs; this trains all."
        )
    if recipe.builder_foreign:
        yield (
            f"The code of its network, {recipe.builder}, came from another copy and was never run here: read it before you "
            "run this."
        )
    for change in changes.effective(run):
        yield f"While the run trained, it was changed: {changes.in_words(change)}; this keeps what it began with."
    if recipe.pretrained:
        yield (
            f"It starts with random weights, not with those of the run {recipe.pretrained} (no fine-tuning, replay, "
            "frozen layers or weight interpolation); the learning rate and the epochs are those of the fine-tuning."
        )
    if recipe.teachers:
        yield f"It learns the labels alone, not the predictions of {_list(recipe.teachers)} (no knowledge distillation)."
    if recipe.ensemble_member:
        yield (
            f"The model predicts alone: in the run {recipe.ensemble_member} makes up {recipe.ensemble_weight:.0%} of "
            "each prediction (ensemble)."
        )
    if "sketch-photo" in recipe.augmentation:
        yield (
            "The training images are not made to look like drawings and photos (sketch and photo augmentation), so "
            "that the model will be worse at those."
        )
    yield from _done_differently(recipe, result)


def _done_differently(recipe: Recipe, result: Result) -> Iterator[str]:
    """What the script does in another way than the run, with about the same result."""
    if "flip" in recipe.augmentation:
        yield "Each epoch mirrors another random half of the images; the run may have mirrored each in every other epoch."
    if recipe.quantize:
        yield "The weights keep 32 bits: nothing is quantized to eight."
    if recipe.flip_tta and recipe.validation_split:
        yield (
            "Validation during the training sees each image once, without its mirror image; the finished model "
            "predicts the mean of both."
        )
    if any(row["type"] == "BatchNormalization" for row in result.get("layers", ())):
        yield "Batch normalisation sees whole batches; the run may have given it half a batch at a time."
    if recipe.precision == "auto":
        yield "It computes in float32; the run may have computed in bfloat16, where the processor has it."


def _list(names: tuple[str, ...]) -> str:
    return " and ".join(names)


def _about(run: Run, recipe: Recipe, dataset: DataSet, notebook: bool) -> dict[str, object]:
    """The text at the top."""
    result = run.figures
    low, high = metrics.accuracy_interval(result["test_accuracy"], dataset.test_images)
    measured = f"{result['test_accuracy']:.2%}"
    figures = (
        f"The run had a test accuracy of {measured} (95% confidence interval {low:.1%} to {high:.1%})"
        f"{_reported(recipe)}. It drew other random numbers than this {'notebook' if notebook else 'script'} does, so "
        "that the two differ as trainings with different seeds do. What else differs:"
    )
    notes = left_out(run)
    return {
        "title": f"Trains the run {run.name} (recipe {recipe.name}) again with Keras alone.",
        "file": f"{run.name}.py",
        "figures": _wrapped(figures),
        "notes": [_wrapped(note, "  ").strip() for note in notes] or ["Nothing."],
        "measured": measured,
    }


def _reported(recipe: Recipe) -> str:
    reported = recipe.comparable_accuracy
    return f"; its source reports {reported:.2%}" if reported else ""


def _data(dataset: DataSet) -> dict[str, object]:
    """How the images are loaded, and what of."""
    usual = dataset.name == fashion_mnist.DATASET.name
    loader = "load_fashion_mnist" if usual else "load_own_data"
    where = "DATA is an .npz file with x_train, y_train, x_test and y_test, or a folder with "
    where += (
        "train-images-idx3-ubyte.gz and the three others of Fashion-MNIST; without it Keras downloads them."
        if usual
        else f"train-images.npy, train-labels.npy, test-images.npy and test-labels.npy of {dataset.name}, which is "
        "not part of Keras."
    )
    text = (
        "Fashion-MNIST by Zalando Research, MIT licence: https://github.com/zalandoresearch/fashion-mnist"
        if usual
        else f"{dataset.name}: where the run was trained, `fmnist data export {dataset.name}` writes it as {dataset.name}.npz."
    )
    return {
        "own_data": not usual,
        "shape": dataset.form.shape,
        "form": str(dataset.form),
        "class_names": _wrapped_list(dataset.class_names),
        "loader": loader,
        "data_help": _wrapped(where),
        "data_text": _comment(text),
        "load_data": _copied("model_files/exports/plain.py", loader),
    }


def _network(recipe: Recipe) -> dict[str, object]:
    """What builds the network."""
    network = recipe.network
    from_file = isinstance(network, FileNetwork)
    text = _embedded(network) if isinstance(network, FileNetwork) else network.source
    return {
        "network_text": _comment(network.summary),
        "network": text.strip(),
        "from_future": from_file and "from __future__ import annotations" in network.source,
        "call": network.call("SHAPE", "len(CLASS_NAMES)"),
    }


def _training(recipe: Recipe) -> dict[str, object]:
    """What changes the images, and the optimizer with all that is called during the training."""
    names = [name for name in recipe.augmentation if name != "sketch-photo"]
    mixes = [recipe.mix] if recipe.mix else []
    own = [name for name in names if name == "affine"]  # which takes OpenCV in the package
    others = [name.replace("-", "_") for name in (*names, *mixes) if name not in own]
    plain = "model_files/exports/plain.py"
    functions = [_copied("augmentation/augment.py", *others)] if others else []
    functions += [_copied(plain, *own)] if own else []
    options = "learning_rate=rate"
    options += ", weight_decay=WEIGHT_DECAY" if recipe.weight_decay else ""
    options += f", use_ema=True, ema_momentum={recipe.ema_momentum}" if recipe.ema_momentum else ""
    return {
        "augmentation": [name.replace("-", "_") for name in names],
        "changes": _list(tuple(IN_WORDS[name] for name in (*names, *mixes))),
        "augmentation_source": "\n\n\n".join(functions),
        "batches": _copied(plain, "Batches"),
        "one_cycle": _copied(plain, "OneCycle"),
        "optimizer": OPTIMIZERS[recipe.optimizer].format(options),
        "callbacks": list(_callbacks(recipe)),
        "calibrate": recipe.calibrate and recipe.validation_split > 0,
        "calibration": _copied("analysis/metrics.py", "best_temperature"),
        "flip_tta": _copied("training/export.py", "with_flip_tta"),
    }


def _callbacks(recipe: Recipe) -> Iterator[str]:
    if recipe.ema_momentum:
        yield "keras.callbacks.SwapEMAWeights(swap_on_epoch=True)"
    if recipe.schedule == "reduce-on-plateau":
        yield (
            f"keras.callbacks.ReduceLROnPlateau(factor=0.5, patience={schedules.PATIENCE}, "
            f"min_delta={schedules.BETTER})"
        )
    if recipe.restore_best_weights:
        yield "keras.callbacks.EarlyStopping(patience=epochs, restore_best_weights=True)"


def _copied(file: str, *names: str) -> str:
    """Functions of this package as they are."""
    return source_code.extract(PACKAGE / file, names, KNOWN).strip()


def _check(text: str, recipe: Recipe) -> None:
    """See that somebody's own file uses no name of the script for something else.

    Raises:
        RunError: it does.
    """
    if recipe.architecture != FROM_FILE:
        return
    network = cast(FileNetwork, recipe.network)
    file = source_code.parse(network.source)
    used = source_code.needed(file, [network.function])
    own = {name: node for name, node in source_code.definitions(file).items() if node in used}
    others = source_code.definitions(source_code.parse(text.replace(_embedded(network), "")))
    for name in own.keys() & others.keys():
        if ast.dump(own[name]) != ast.dump(others[name]):
            raise RunError(
                f"{network.file} gives another meaning to {name}, a name that the script uses; rename it there and train "
                "it again."
            )


def _embedded(network: FileNetwork) -> str:
    return source_code.embedded(network.source).strip()


def _wrapped(text: str, indent: str = "") -> str:
    return textwrap.fill(text, WIDTH, subsequent_indent=indent, break_on_hyphens=False)


def _comment(text: str) -> str:
    """Text after "# ", on several lines if need be."""
    return "\n# ".join(textwrap.wrap(text, WIDTH, break_on_hyphens=False, break_long_words=False))


def _wrapped_list(names: tuple[str, ...]) -> str:
    """A list as Python writes it; no line ends within a name."""
    kept = ", ".join(repr(name).replace(" ", "\0") for name in names)
    lines = textwrap.wrap(f"[{kept}]", WIDTH, break_long_words=False, break_on_hyphens=False)
    return "\n    ".join(lines).replace("\0", " ")
