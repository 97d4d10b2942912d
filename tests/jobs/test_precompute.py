"""What is computed ahead is what would be computed, is of the present model, and never in the way."""

import shutil

import numpy as np
import pytest

from fmnist.analysis.corruptions import CORRUPTIONS, corrupt
from fmnist.data import fashion_mnist
from fmnist.inference import background
from fmnist.inference.classifier import Classifier
from fmnist.inference.embedding import Embedding
from fmnist.inference.robustness import Robustness
from fmnist.jobs import precompute
from fmnist.machine import folders
from fmnist.runs import cache
from fmnist.runs.files import RunError
from fmnist.runs.run import Run

from ..conftest import fmnist, python

# But flagship, which would take two cores forty minutes.
LARGE = (
    "augmented-cnn",
    "compact",
    "ensemble",
    "everyday",
    "marathon",
    "quality",
    "student",
)


def test_a_command_computes_it_and_pages_have_it_at_once(tiny):
    done = fmnist("precompute", "tiny-1")
    assert done.returncode == 0, done.stderr
    assert "precomputed.npz" in done.stdout
    assert not list((folders.home() / ".derived").glob("*/*.npz"))
    embedding, robustness = Embedding(tiny), Robustness(tiny, "rotation")
    assert embedding.take_kept()
    assert embedding.complete
    assert robustness.take_kept()
    assert robustness.complete
    images = corrupt(fashion_mnist.load("test")[0][:2000], "rotation", 20)
    expected = Classifier(tiny.path).probabilities(images).argmax(axis=1)
    assert (robustness.predicted[20] == expected).mean() > 0.999


def parts() -> dict:
    return {"some": {"numbers": np.arange(3)}, "other": {"numbers": np.arange(4)}}


def test_it_is_found_by_its_name(tiny):
    cache.put(tiny, cache.stamp(tiny), parts())
    assert cache.precomputed(tiny, "some")["numbers"].tolist() == [0, 1, 2]
    assert cache.precomputed(tiny, "none") is None


def test_of_another_model_it_is_not_taken(tiny):
    cache.put(tiny, cache.stamp(tiny), parts())
    shutil.copy(folders.SHIPPED / "mlp-256" / "model.tflite", tiny.path)
    assert cache.precomputed(tiny, "some") is None


@pytest.mark.parametrize("content", [b"", b"no archive", None])
def test_a_damaged_or_missing_file_is_as_none(tiny, content):
    if content is not None:
        (tiny.path / cache.FILE).write_bytes(content)
    assert cache.precomputed(tiny, "some") is None


def test_a_run_that_is_deleted_meanwhile_is_no_error(tiny, monkeypatch):
    monkeypatch.setattr(precompute, "COSTLY", 0)
    assert precompute.wanted(tiny)
    shutil.rmtree(tiny.path)
    assert not precompute.wanted(tiny)
    precompute.if_wanted(tiny)
    with pytest.raises(RunError):
        precompute.precompute(tiny)


def test_a_worker_does_it_after_a_training_behind_all_other_work(tiny):
    code = """
import os, sys
from pathlib import Path
from fmnist.jobs import precompute, worker
from fmnist.runs.run import Run
precompute.COSTLY = 0  # as if the network were large
worker.precompute_behind(Run(Path(sys.argv[1])))
print(os.getpriority(os.PRIO_PROCESS, 0))
"""
    assert int(python(code, tiny.path)) >= background.NICENESS
    assert Embedding(tiny).take_kept()
    assert tiny.state == "finished"


def test_a_small_network_needs_none(tiny):
    assert not precompute.wanted(tiny)


@pytest.mark.parametrize("name", LARGE)
def test_what_ships_is_of_the_model_that_ships(name):
    run = Run(folders.SHIPPED / name)
    assert not precompute.wanted(run)
    embedding, classifier = Embedding(run), Classifier(run.path)
    assert embedding.take_kept()
    assert embedding.complete
    points = embedding.points
    for split, known in (("train", points.train), ("test", points.test)):
        images = (
            fashion_mnist.load(split)[0][-5:]
            if split == "test"
            else fashion_mnist.load(split)[0][:5]
        )
        placed = points.project(classifier.outputs(images)["embedding"])
        apart = placed - (known[-5:] if split == "test" else known[:5])
        assert np.linalg.norm(apart, axis=1).max() < 0.25
    for kind, corruption in CORRUPTIONS.items():
        known = Robustness(run, kind)
        assert known.take_kept()
        strength = corruption.strengths[1]
        images = corrupt(fashion_mnist.load("test")[0][:2000], kind, strength)[:40]
        said = classifier.probabilities(images).argmax(axis=1)
        assert (said == known.predicted[strength][:40]).mean() > 0.9


def test_numbers_that_are_not_as_they_were_written_are_computed_again(tiny):
    wrong = {"embedding-10000": {"train": np.zeros((3, 3), np.int8), "scale": np.ones(3)}}
    wrong |= {"robustness-blur": {"0.5": np.zeros(7, np.uint8)}}
    cache.put(tiny, cache.stamp(tiny), wrong)
    assert not Embedding(tiny).take_kept()
    assert not Robustness(tiny, "blur").take_kept()
