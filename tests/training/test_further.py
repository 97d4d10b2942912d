"""Further training: what is taken from the parent, what is frozen and mixed in, how both do on both test sets."""

import dataclasses

import numpy as np
import pytest

from fmnist.data import fashion_mnist, library
from fmnist.data.dataset import DataSet, Form
from fmnist.inference import classifier
from fmnist.jobs import launcher
from fmnist.networks.architectures import ARCHITECTURES
from fmnist.recipes import registry
from fmnist.runs import creation, listing, parents
from fmnist.runs.files import RunError
from fmnist.runs.run import Run
from fmnist.training import further, trainer

from ..conftest import KERAS_NOISE, in_one_sentence, tells

pytestmark = pytest.mark.filterwarnings(KERAS_NOISE)

GARMENTS = fashion_mnist.DATASET
SHORT = {"epochs": 1, "learning_rate": 0.001, "precision": "float32", "validation_split": 0.0}


def described(class_names: tuple[str, ...], form: Form) -> DataSet:
    """A data set of these classes, as far as a network needs to know it."""
    return dataclasses.replace(GARMENTS, name="own", class_names=class_names, form=form, digest="")


def garments(name: str, class_names: tuple[str, ...], count: int = 60) -> DataSet:
    """An own data set of upside-down test images of some of Fashion-MNIST's classes, and of noise for the others."""
    images, labels = fashion_mnist.load("test")
    rng = np.random.default_rng(0)
    chosen, own = [], []
    for label, known in enumerate(class_names):
        if known in GARMENTS.class_names:
            those = images[labels == GARMENTS.class_names.index(known)][:count, ::-1]
        else:
            those = rng.integers(0, 256, (count, 28, 28), np.uint8)
        chosen.append(those)
        own.append(np.full(count, label, np.uint8))
    stacked, all_labels = np.stack(chosen, axis=1), np.stack(own, axis=1)  # a class after another
    arrays = [part.reshape(-1, *part.shape[2:]) for part in (stacked, all_labels)]
    half = len(arrays[1]) // 2
    splits = {
        "train": (arrays[0][:half], arrays[1][:half]),
        "test": (arrays[0][half:], arrays[1][half:]),
    }
    return library.add(name, class_names, Form(28), splits)


def trained(recipe: str, **settings) -> Run:
    run = creation.create(registry.find(recipe).changed(**SHORT | settings))
    trainer.train(run)
    return run


@pytest.mark.parametrize("name", ["sprint", "mlp-256"])
def test_a_new_network_begins_with_what_its_parent_knows_of_the_same_classes(name):
    parent = listing.find(name)
    own = described(("Bag", "Hat", "Coat"), Form(28))
    old = further.uncalibrated(parent)
    model = ARCHITECTURES[name].build((28, 28), 3)
    fresh = model.layers[-1].get_weights()[0].copy()
    start = further.transfer(model, parent, own)
    assert start.new == [model.layers[-1].name]
    for layer, its in zip(model.layers[:-1], old.layers, strict=False):
        for weights, theirs in zip(layer.get_weights(), its.get_weights(), strict=True):
            np.testing.assert_array_equal(weights, theirs)
    kernel, theirs = (network.layers[-1].get_weights()[0] for network in (model, old))
    np.testing.assert_array_equal(kernel[:, [0, 2]], theirs[:, [8, 4]])
    np.testing.assert_array_equal(kernel[:, 1], fresh[:, 1])


def test_for_colour_images_that_are_grey_a_network_begins_with_its_parents_predictions():
    parent = listing.find("sprint")
    own = described(GARMENTS.class_names[::-1], Form(28, colour=True))
    model = ARCHITECTURES["sprint"].build(own.form.shape, own.classes)
    assert further.transfer(model, parent, own).new == []
    images = fashion_mnist.load("test")[0][:50]
    expected = further.uncalibrated(parent).predict(images, verbose=0)
    found = model.predict(np.stack([images] * 3, axis=-1), verbose=0)
    np.testing.assert_allclose(found[:, ::-1], expected, atol=1e-5)


def test_where_images_are_larger_a_network_begins_with_its_parents_kernels():
    parent = listing.find("sprint")
    own = described(("a", "b"), Form(48))
    model = ARCHITECTURES["sprint"].build(own.form.shape, own.classes)
    assert further.transfer(model, parent, own).new == [model.layers[-1].name]


def test_frozen_layers_keep_their_weights_and_the_others_learn():
    garments("upside-down", GARMENTS.class_names)
    run = trained("sprint", pretrained="sprint", data="upside-down", frozen_layers=2)
    model, old = (further.uncalibrated(each) for each in (run, listing.find("sprint")))
    changed = [
        any(
            (one != other).any()
            for one, other in zip(a.get_weights(), b.get_weights(), strict=True)
        )
        for a, b in zip(model.layers, old.layers, strict=True)
        if a.weights
    ]
    assert changed == [False] * 4 + [True] * 3  # two convolutions with their normalisation
    # Of the file, as plain Keras loads it: what the network itself has fixed stays so.
    fresh = ARCHITECTURES["sprint"].build((28, 28), 10)
    assert [each.trainable for each in model.layers] == [each.trainable for each in fresh.layers]


def test_an_epoch_has_the_share_of_old_images_that_was_asked_for():
    new = np.zeros((30, 2, 2), np.uint8), np.zeros(30, np.uint8)
    old = np.ones((100, 2, 2), np.uint8), np.arange(100, dtype=np.uint8)
    for share, count in ((0.25, 10), (0.5, 30), (0.9, 270)):
        images, labels = further.with_replay(new, old, share, np.random.default_rng(0))
        assert len(images) == len(labels) == 30 + count
        assert images.any(axis=(1, 2)).sum() == count
        times = np.bincount(labels[30:], minlength=100)
        assert set(times) <= {count // 100, count // 100 + 1}


def test_a_run_is_compared_with_its_parent_on_both_test_sets():
    names = (*reversed(GARMENTS.class_names), "noise")
    own = garments("more", names)
    run = trained("mlp-256", pretrained="mlp-256", data="more", replay=0.5, epochs=2)
    parent, result = listing.find("mlp-256"), run.result
    assert result["before"] == {
        "fashion-mnist": {
            "accuracy": parent.result["test_accuracy"],
            "loss": parent.result["test_loss"],
        }
    }  # which knows no noise
    assert result["after"]["more"]["accuracy"] == result["test_accuracy"] > 0.3
    images, labels = fashion_mnist.load("test")
    predicted = classifier.load_quietly(run.path).probabilities(images).argmax(axis=1)
    accuracy = np.mean(
        [names[index] for index in predicted] == np.array(GARMENTS.class_names)[labels]
    )
    assert result["after"]["fashion-mnist"]["accuracy"] == pytest.approx(accuracy)
    assert accuracy > 0.75  # hardly anything is forgotten
    # Once more, back to Fashion-MNIST: whose classes the parent knows all.
    back = trained("mlp-256", pretrained=run.name, training_images=300).result
    assert set(back["before"]) == {"more", "fashion-mnist"}
    assert set(back["after"]) == {"fashion-mnist"}
    assert back["before"]["fashion-mnist"]["accuracy"] == pytest.approx(accuracy)
    library.remove(own.name)
    assert set(trained("mlp-256", pretrained=run.name, training_images=300).result["before"]) == {
        *back["before"]
    }


@pytest.mark.parametrize(
    ("settings", "facts"),
    [
        ({"pretrained": "mlp-256"}, ("mlp-256", "architecture")),
        ({"pretrained": "sprint", "frozen_layers": 4}, ("sprint", "3", "4")),
        ({"pretrained": "sprint", "replay": 0.5}, ("sprint", "fashion-mnist")),
        ({"pretrained": "sprint", "replay": 0.5, "data": "two"}, ("fashion-mnist", "two")),
        ({"pretrained": "sprint", "data": "gone"}, ("gone",)),
    ],
)
def test_what_does_not_fit_is_one_sentence_before_anything_is_learned(settings, facts):
    garments("two", GARMENTS.class_names[:2], count=10)
    with pytest.raises(RunError) as error:
        launcher.create(registry.find("sprint").changed(**settings))
    assert tells(str(error.value), *facts)
    assert listing.list_own_runs() == []


def test_old_images_that_are_gone_are_missed_before_anything_is_learned():
    garments("first", ("Bag", "Coat"))
    garments("second", ("Bag", "Coat", "noise"))
    parent = trained("tiny", data="first")
    recipe = registry.find("tiny").changed(pretrained=parent.name, data="second", replay=0.5)
    parents.resolve(recipe)
    library.remove("first")
    with pytest.raises(RunError) as error:
        parents.resolve(recipe)
    assert in_one_sentence(str(error.value))
    assert "first" in str(error.value)


def test_images_whose_labels_were_corrected_are_the_same_images():
    base = garments("first", ("Bag", "Coat"))
    parent = trained("tiny", data="first")
    label = int(base.load("train")[1][0])
    corrected = library.relabel(base, {"train": {0: 1 - label}})
    recipe = registry.find("tiny").changed(pretrained=parent.name, data=corrected.name)
    assert not len(parents.resolve(recipe).splits[0].validation)  # the parent learned from all
    with pytest.raises(RunError) as error:
        parents.resolve(recipe.changed(replay=0.5))
    assert tells(str(error.value), "first", corrected.name)
