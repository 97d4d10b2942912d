"""The flagship's recipe on either backend, at a width that a test can wait for."""

import dataclasses
import importlib.util
import json
import os

import pytest

from fmnist.cli.commands import main
from fmnist.machine import folders
from fmnist.networks import architectures, own
from fmnist.recipes import registry
from fmnist.runs import cache, creation
from fmnist.runs.run import Run
from fmnist.training import trainer

from ..conftest import KERAS_NOISE, fmnist, in_one_sentence, python, tells
from .conftest import needs_jax, on_jax

pytestmark = pytest.mark.filterwarnings(KERAS_NOISE)

FEW = {"training_images": 401, "epochs": 1, "batch_size": 64}


@pytest.fixture
def thin(monkeypatch):
    """The flagship's recipe for a network of the same kind, ten layers deep and one wide."""
    flagship = registry.find("flagship")
    deep = architectures.ARCHITECTURES[flagship.architecture]
    thin = dataclasses.replace(
        deep, build=lambda shape, classes: own._wide_resnet(shape, classes, 1, 1)
    )
    monkeypatch.setitem(architectures.ARCHITECTURES, deep.name, thin)
    return dataclasses.replace(flagship, **FEW)


@pytest.mark.slow
def test_the_flagship_trains_on_tensorflow(thin):
    run = creation.create(thin)
    trainer.train(run)
    assert run.state == "finished"
    assert (run.path / "model.tflite").exists()


@needs_jax
def test_the_flagship_trains_on_jax_and_the_app_can_use_it(tmp_path):
    # Another network, as the process that exports it knows the project's own alone.
    code = f"""
import dataclasses, sys
from pathlib import Path
from fmnist.recipes import registry
from fmnist.runs import cache, creation
from fmnist.training import trainer
recipe = dataclasses.replace(registry.find("flagship"), architecture="tiny", **{FEW})
run = creation.create(recipe, Path(sys.argv[1]))
trainer.train(run)
print(run.state, trainer.keras.config.backend())
"""
    printed = python(code, tmp_path / "tiny", env=on_jax(devices=2))
    assert printed.split()[-2:] == ["finished", "jax"]
    assert Run(tmp_path / "tiny").usable


@needs_jax
def test_a_step_on_jax_is_a_step_of_keras_and_a_restored_state_goes_on():
    python(
        """
import dataclasses, keras, numpy as np
from fmnist.data import fashion_mnist
from fmnist.networks import architectures, own
from fmnist.recipes import registry
from fmnist.training.batches import one_hot
from fmnist.training.steppers import make_optimizer, make_stepper

images, labels = (array[:96] for array in fashion_mnist.load("train"))
calls = images.reshape(3, 32, 28, 28), one_hot(labels.reshape(3, 32), 10), np.full(3, 0.1, np.float32)
model = architectures.ARCHITECTURES["two-conv"].build((28, 28), 10)
settings = {"optimizer": "nesterov", "learning_rate": 0.1, "ema_momentum": 0.5, "batch_size": 32, "precision": "float32"}
recipe = dataclasses.replace(registry.find("two-conv"), **settings)
stepper = make_stepper(model, recipe)
before = model.predict(images, verbose=0)
np.testing.assert_allclose(stepper.probabilities(images), before, atol=1e-5)
other = make_stepper(model, recipe)
model.compile(make_optimizer(recipe), loss="sparse_categorical_crossentropy")
for part in range(3):
    at = slice(32 * part, 32 * part + 32)
    model.train_on_batch(images[at], labels[at])
model.optimizer.finalize_variable_values(model.trainable_variables)
stepper.train(*(array[:1] for array in calls))
other.restore(stepper.state())
for one in (stepper, other):
    loss, accuracy = one.train(*(array[1:] for array in calls))
    assert 0 < loss < 5 and 0 <= accuracy <= 1
    for ours, theirs in zip(one.weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-4)

deep = make_stepper(own._wide_resnet((28, 28), 10, 1, 1), recipe)  # and so does the flagship's kind
loss, accuracy = deep.train(*calls)
assert 0 < loss < 5 and 0 <= accuracy <= 1
""",
        env=on_jax(devices=2),
    )


@pytest.mark.skipif(importlib.util.find_spec("jax") is not None, reason="JAX is installed")
def test_without_jax_a_training_on_jax_fails_in_one_sentence(home):
    done = fmnist("train", "tiny", env=os.environ | {"KERAS_BACKEND": "jax"})
    assert done.returncode == 1
    assert tells(done.stderr, "jax", "pip install")
    assert Run(home / "tiny-1").state == "failed"


@pytest.mark.parametrize(
    "command", [("layers", "tiny"), ("evaluate", folders.SHIPPED / "mlp-256" / "model.keras")]
)
def test_a_backend_that_there_is_not_is_one_sentence_and_no_fault_of_a_file(command):
    done = fmnist(*map(str, command), env=os.environ | {"KERAS_BACKEND": "tensoflow"})
    assert done.returncode == 1
    assert in_one_sentence(done.stderr.removeprefix("fmnist: "))
    assert "Keras cannot be loaded here" in done.stderr
    assert "tensoflow" in done.stderr


def test_a_model_that_was_trained_elsewhere_is_exported_for_the_app(tiny):
    (tiny.path / "model.tflite").rename(tiny.path / "before.tflite")
    result = tiny.result
    elsewhere = result | {"test_accuracy": 0.5}  # of the network before it was exported
    (tiny.path / "result.json").write_text(json.dumps(elsewhere))
    assert main(["complete", tiny.name]) == 0
    before, after = (
        (tiny.path / name).stat().st_size for name in ("before.tflite", "model.tflite")
    )
    assert after == pytest.approx(before, rel=0.05)
    assert tiny.usable
    made = cache.digest(tiny)
    assert tiny.result == result | {
        "model_digest": made
    }  # the figures are those of the file that answers
