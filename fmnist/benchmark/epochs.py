"""An epoch of training by each competitor, in a process of its own: `python -m fmnist.benchmark.epochs TASK`.

TASK is the JSON of `how` ("step", "fit", "tuned" or "pytorch"), `recipe`, `images` and `options`. The
process prints {"images": N} once it is ready, or {"problem": why it can't}; then it trains an epoch for
each line that it reads, and prints {"seconds": S} of each.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from fmnist.data import fashion_mnist
from fmnist.data.fashion_mnist import DATASET
from fmnist.networks.architectures import ARCHITECTURES
from fmnist.recipes import registry
from fmnist.recipes.recipe import Recipe

from .pytorch import Unavailable, pytorch_epoch

Epoch = Callable[
    [], float | None
]  # trains one; the seconds until its last batch, where they are known
CALL_BATCHES = 50  # batches per call of the train step, and per execution of the tuned `fit`


def network(recipe: Recipe) -> Any:
    """The recipe's network, new, for Fashion-MNIST, which is what is measured."""
    return ARCHITECTURES[recipe.architecture].build(DATASET.form.shape, DATASET.classes)


def whole_batches(count: int, batch_size: int) -> tuple[np.ndarray, np.ndarray]:
    """Training images and labels: whole batches, at least one."""
    images, labels = fashion_mnist.load("train")
    count = max(1, min(count, len(labels)) // batch_size) * batch_size
    return images[:count], labels[:count]


def step_epoch(
    recipe: Recipe, images: np.ndarray, labels: np.ndarray, model: Any = None
) -> Callable[[], None]:
    """By the train step of this project; of `model`, if it is another than the recipe's network."""
    from fmnist.training.batches import one_hot
    from fmnist.training.steppers import make_stepper

    stepper = make_stepper(model or network(recipe), recipe)
    targets = one_hot(labels, DATASET.classes, recipe.label_smoothing)
    rng = np.random.default_rng(0)

    def epoch() -> None:
        order = rng.permutation(len(labels)).reshape(-1, recipe.batch_size)
        for start in range(0, len(order), CALL_BATCHES):
            some = order[start : start + CALL_BATCHES]
            rates = np.full(len(some), recipe.learning_rate, np.float32)
            stepper.train(images[some], targets[some], rates)

    return epoch


def fit_epoch(recipe: Recipe, images: np.ndarray, labels: np.ndarray) -> Epoch:
    """By Keras out of the box: `fit` on arrays, in float32.

    After some epochs it waits until a thread of tf.data wakes up, which can double an epoch's time.
    """
    import keras

    class LastBatch(keras.callbacks.Callback):  # type: ignore[misc]
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            self.at = time.perf_counter()

    model, last = _compiled(recipe), LastBatch()

    def epoch() -> float:
        began = time.perf_counter()
        model.fit(images, labels, batch_size=recipe.batch_size, verbose=0, callbacks=[last])
        return last.at - began

    return epoch


def tuned_epoch(recipe: Recipe, images: np.ndarray, labels: np.ndarray, precision: str) -> Epoch:
    """By Keras as an expert would tune it: many batches an execution, a chosen precision, and no waiting for tf.data.

    Args:
        recipe: to train.
        images: (N, *shape) uint8.
        labels: (N,) uint8.
        precision: "float32" or "bfloat16" (mixed precision, for this whole process).
    """
    import keras
    import tensorflow as tf

    if precision == "bfloat16":
        keras.config.set_dtype_policy("mixed_bfloat16")
    model = _compiled(recipe, steps_per_execution=CALL_BATCHES)
    all_images, all_labels = tf.constant(images), tf.constant(labels)
    shape = (-1, recipe.batch_size)
    data = (
        tf.data.Dataset.range(1)
        .map(lambda _: tf.reshape(tf.random.shuffle(tf.range(len(labels))), shape))
        .unbatch()
        .map(lambda some: (tf.gather(all_images, some), tf.gather(all_labels, some)))
        .prefetch(4)
    )
    options = tf.data.Options()
    options.autotune.enabled = False  # its thread is what `fit` waits for
    data = data.with_options(options)
    steps = len(labels) // recipe.batch_size
    data = data.apply(tf.data.experimental.assert_cardinality(steps))

    def epoch() -> None:
        model.fit(data, shuffle=False, verbose=0)  # it is shuffled above

    return epoch


def _compiled(recipe: Recipe, **options: Any) -> Any:
    from fmnist.training.steppers import make_optimizer

    model = network(recipe)
    optimizer = make_optimizer(recipe)
    optimizer.learning_rate = recipe.learning_rate
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"], **options)
    return model


EPOCHS: dict[str, Callable[..., Epoch]] = {
    "step": step_epoch,
    "fit": fit_epoch,
    "tuned": tuned_epoch,
    "pytorch": pytorch_epoch,
}


def serve(how: str, recipe: str, images: int, options: dict[str, Any]) -> None:
    """Answer as this module says."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is no answer

    def answer(**words: Any) -> None:
        print(json.dumps(words), file=answers, flush=True)

    chosen = registry.find(recipe)
    some, labels = whole_batches(images, chosen.batch_size)
    try:
        epoch = EPOCHS[how](chosen, some, labels, **options)
    except Unavailable as error:
        answer(problem=str(error))
        return
    answer(images=len(labels))
    for _ in sys.stdin:
        began = time.perf_counter()
        busy = epoch()
        answer(seconds=busy or time.perf_counter() - began)


if __name__ == "__main__":
    serve(**json.loads(sys.argv[1]))
