"""Small trainings, in this process, on a few hundred images."""

import shutil
from pathlib import Path

import pytest

from fmnist.recipes import registry
from fmnist.runs import creation
from fmnist.runs.run import Run
from fmnist.training import trainer

SMALL = registry.find("tiny").changed(training_images=600, epochs=2, precision="float32")


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
