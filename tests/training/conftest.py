"""Small trainings, in this process, on a few hundred images; and what those on JAX need."""

import importlib.util
import os
import shutil
from pathlib import Path

import pytest

from fmnist.recipes import registry
from fmnist.runs import creation
from fmnist.runs.run import Run
from fmnist.training import trainer

SMALL = registry.find("tiny").changed(training_images=600, epochs=2, precision="float32")

needs_jax = pytest.mark.skipif(
    not importlib.util.find_spec("jax"), reason="JAX is not installed: pip install jax"
)


def on_jax(devices: int) -> dict[str, str]:
    """An environment in which Keras runs on JAX, and JAX divides this processor into so many devices.

    NPROC is the number of XLA's threads: a device waits for the others in a thread for each sum over all, and with as
    many threads as cores they may all be taken by one device, so that the other never comes.
    """
    flags = f"--xla_force_host_platform_device_count={devices}"
    return os.environ | {"KERAS_BACKEND": "jax", "XLA_FLAGS": flags, "NPROC": "64"}


def trained(**settings) -> Run:
    """A small training with those settings, done."""
    run = creation.create(SMALL.changed(**settings))
    trainer.train(run)
    return run


def ends(run: Run) -> list[dict]:
    """The lines of the curve that end an epoch."""
    return [row for row in run.metrics() if row.get("end_of_epoch")]


@pytest.fixture(scope="package")
def plain_training(tmp_path_factory) -> Path:
    """The folder of `trained()`, done once for all tests here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FMNIST_RUNS", str(tmp_path_factory.mktemp("plain")))
        return trained().path


@pytest.fixture
def plain(plain_training, home) -> Run:
    """A small training without any more settings, done."""
    return Run(shutil.copytree(plain_training, home / plain_training.name))
