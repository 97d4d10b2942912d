"""A trained network -> the finished run: calibrated, saved in both formats, evaluated."""

import functools
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any, cast

import keras
import numpy as np

from fmnist import machine
from fmnist.analysis import metrics
from fmnist.augmentation.augment import augment
from fmnist.data.dataset import Arrays
from fmnist.inference import classifier
from fmnist.machine.folders import ROOT
from fmnist.recipes.recipe import Recipe
from fmnist.runs.fields import Result
from fmnist.runs.parents import Parents
from fmnist.runs.run import Run
from fmnist.runs.writer import RunWriter

from . import export, further, steppers
from .reporter import Diverged, Reporter

FEWEST = 30  # validation images that calibrate: fewer say next to nothing of how sure to be


def finish(
    reporter: Reporter,
    network: keras.Model,
    parents: Parents,
    training: Arrays,
    test: Arrays,
    pretrained: further.Pretrained | None = None,
) -> None:
    """Save the trained model, evaluate it once on the test set, and write the result.

    Args:
        reporter: of the training that has ended.
        network: with the final weights; calibration changes it.
        parents: the runs that the recipe depends on, and its split.
        training: all training images, (N, *shape) uint8, with their labels, (N,) uint8.
        test: the same of the test set.
        pretrained: the run whose weights it started with.

    Raises:
        Diverged: the network predicts NaN or infinity.
        OSError: a file cannot be written.
    """
    run, writer = reporter.run, RunWriter(reporter.run)
    (images, labels), (split, _) = training, reporter.kept
    result: dict[str, Any] = {**reporter.summary()}
    _check_numbers(network, images[:8], reporter.recipe)
    held_out = parents.splits[split].validation
    if parents.recipe.calibrate and len(held_out) >= FEWEST:
        temperature = calibrate(network, images[held_out], labels[held_out], reporter.recipe)
        result["temperature"] = temperature
    result |= {"parameters": _parameters(network, parents), "layers": export.layer_table(network)}
    model = _predicting(network, parents)
    writer.drop_old_result()
    export.save_keras(model, run.path / "model.keras")
    _save_for_server(run, model)
    predict = _predictor(run, model)
    for name, part in parents.split_of_ensemble(split)._asdict().items():
        if len(part):
            result |= metrics.scores(f"{name}_", predict(images[part]), labels[part])
    probabilities = predict(test[0])
    result |= metrics.scores("test_", probabilities, test[1])
    here = machine.description() | ({"gpu": gpu} if (gpu := steppers.gpu()) else {})
    if here != run.description.get("machine"):
        result["machine"] = here
    if pretrained:
        result |= further.compared(pretrained, run, predict, test, cast(Result, result))
    writer.finish(cast(Result, result), probabilities)


def calibrate(model: keras.Model, images: np.ndarray, labels: np.ndarray, recipe: Recipe) -> float:
    """Temperature scaling: divide the logits by the temperature with the lowest validation loss.

    The images are augmented like in training, but not mixed.

    Args:
        model: its last layer, a dense one with softmax, is changed.
        images: (N, *shape) uint8, for validation.
        labels: (N,) uint8.
        recipe: of the training.

    Returns:
        The temperature.
    """
    rng = np.random.default_rng(recipe.seed)
    augmented = augment(images, labels, recipe.augmentation, rng)
    views = [augmented, augmented[:, :, ::-1]] if recipe.flip_tta else [augmented]
    predictions = np.stack([_probabilities(model, view) for view in views])
    temperature = metrics.best_temperature(predictions, labels)
    export.scale_logits(model, 1 / temperature)
    return temperature


def _check_numbers(network: keras.Model, images: np.ndarray, recipe: Recipe) -> None:
    few = keras.ops.convert_to_numpy(network(images, training=False))
    if not np.isfinite(few).all():  # a step checks only the loss before it
        raise Diverged(recipe, "After its last step the network predicts NaN or infinity")


def _parameters(network: keras.Model, parents: Parents) -> int:
    member = parents.ensemble_member
    result = member.result if member else None
    return int(network.count_params()) + (result["parameters"] if result else 0)


def _predicting(network: keras.Model, parents: Parents) -> keras.Model:
    """The model that predicts, with the recipe's test-time augmentation and ensemble."""
    model = export.with_flip_tta(network) if parents.recipe.flip_tta else network
    if member := parents.ensemble_member:
        other = keras.saving.load_model(member.path / "model.keras")
        model = export.with_ensemble_member(model, other, parents.recipe.ensemble_weight)
    return model


def _save_for_server(run: Run, model: keras.Model) -> None:
    """Write model.tflite; from JAX in a separate process, because only TensorFlow can."""
    (run.path / "model.tflite").unlink(missing_ok=True)  # of a resumed run: it has older weights
    if keras.config.backend() == "tensorflow":
        from .litert import save_litert

        save_litert(model, run.path / "model.tflite", run.recipe.quantize)
        return
    command = [sys.executable, "-m", "fmnist", "complete", str(run.path.resolve())]
    # Ctrl-C must not reach it, and the GPU is in use.
    environment = os.environ | {"CUDA_VISIBLE_DEVICES": "-1"}
    if subprocess.run(command, cwd=ROOT, env=environment, start_new_session=True).returncode:
        print(
            f"Where TensorFlow is installed, `python -m fmnist complete {run.path}` completes it."
        )


def _predictor(run: Run, model: keras.Model) -> Callable[[np.ndarray], np.ndarray]:
    """The function to evaluate: model.tflite, which the app uses; without it, the saved network."""
    if run.complete:
        return classifier.load_quietly(run.path, threads=machine.cores()).probabilities
    return functools.partial(_probabilities, model)


def _probabilities(model: keras.Model, images: np.ndarray) -> np.ndarray:
    """(N, C) float32 for (N, *shape) uint8."""
    probabilities: np.ndarray = model.predict(images, batch_size=500, verbose=0)
    return probabilities
