"""One training on several devices by Keras' own distribution, shown on logical devices of this processor."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from ..conftest import python
from .conftest import needs_jax, on_jax

pytestmark = needs_jax

# Normalisation, dropout, augmentation, averaged weights; five batches of 64 an epoch and one of 61.
TRAINING = """
import shutil, sys
import keras, numpy as np
from pathlib import Path
from fmnist.recipes import registry
from fmnist.runs import creation, parents
from fmnist.runs.run import Run
from fmnist.training import trainer
from fmnist.training.reporter import Reporter
from fmnist.training.steppers import make_stepper

folder = Path(sys.argv[1])
recipe = registry.find("own-layers").changed(
    layers=("conv 4 3 same linear", "pool 2", "norm", "activation relu", "flatten", "dropout 0.5"),
    optimizer="nesterov", learning_rate=0.02, ema_momentum=0.9, augmentation=("flip", "erase"),
    batch_size=64, epochs=2, training_images=401, restore_best_weights=True, precision="float32",
)
run = Run(folder) if folder.exists() else creation.create(recipe, folder)
keras.utils.set_random_seed(recipe.seed)
network = recipe.network.build((28, 28), 10)
stepper, reporter = make_stepper(network, recipe), Reporter(run)
if reporter.state:
    stepper.restore(reporter.state)
learn = stepper.train
def train(*batches):
    if reporter.epochs_done == 1 and not (copy := folder.with_name("killed-on-" + folder.name)).exists():
        shutil.copytree(folder, copy)  # what there would be if it were killed now
    return learn(*batches)
stepper.train = train
trainer.fit(stepper, run.dataset.load("train"), parents.resolve(recipe, run.dataset).splits[0], reporter)
np.savez(folder / "weights.npz", *stepper.weights())
"""


def trained(folder: Path, devices: int) -> Path:
    """The folder of a training of two epochs on so many devices, or of one that is resumed on them."""
    python(TRAINING, folder, env=on_jax(devices))
    return folder


def outcome(folder: Path) -> tuple[list[dict], list[np.ndarray]]:
    """The ends of its epochs, without their time, and its weights."""
    rows = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    ends = [row | {"seconds": 0} for row in rows if row.get("end_of_epoch")]
    with np.load(folder / "weights.npz") as file:
        return ends, list(file.values())


@pytest.fixture(scope="module")
def on_one(tmp_path_factory) -> Path:
    """A training on one device."""
    return trained(tmp_path_factory.mktemp("devices") / "one", devices=1)


def same(one: Path, other: Path) -> None:
    """Two trainings had the same losses and accuracies in each epoch, and end with the same weights."""
    (rows, weights), (other_rows, other_weights) = outcome(one), outcome(other)
    assert rows == [pytest.approx(row, rel=1e-5) for row in other_rows]
    assert len(rows) == 2
    for ours, theirs in zip(weights, other_weights, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_two_devices_train_as_one_does(on_one, tmp_path):
    same(on_one, trained(tmp_path / "two", devices=2))


def test_a_training_that_was_killed_on_one_device_is_resumed_on_two(on_one, tmp_path):
    killed = shutil.copytree(on_one.with_name("killed-on-one"), tmp_path / "run")
    assert not (killed / "weights.npz").exists()
    same(on_one, trained(killed, devices=2))


def test_batches_are_divided_and_the_devices_that_cannot_share_them_are_named():
    printed = python(
        """
import numpy as np
from fmnist.recipes import registry
from fmnist.training import steppers

recipe = registry.find("tiny").changed(batch_size=64)
stepper = steppers.make_stepper(recipe.network.build((28, 28), 10), recipe)
for size, held in ((64, {32}), (61, {61})):
    placed = stepper._placed(np.zeros((size, 28, 28), np.uint8))
    assert {len(shard.data) for shard in placed.addressable_shards} == held
    assert len(placed.addressable_shards) == 2  # 3 do not divide 64
print(steppers.devices(recipe))
print(steppers.devices(recipe.changed(batch_size=96)))
""",
        env=on_jax(3),
    )
    too_many, all_share = printed.splitlines()
    assert "2 of 3" in too_many
    assert "3" in all_share
