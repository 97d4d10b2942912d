"""What an epoch is made of: batches of images, the optimizer, the learning rate."""

import collections
import dataclasses
import functools

import numpy as np
import pytest

from fmnist.data import fashion_mnist
from fmnist.recipes import registry
from fmnist.training.batches import Batches
from fmnist.training.schedules import Plateau, learning_rates
from fmnist.training.steppers import make_optimizer

SMALL = registry.find("tiny").changed(training_images=600, epochs=2, precision="float32")


def batches(recipe=SMALL, epoch: int = 0) -> Batches:
    images, labels = (array[:600] for array in fashion_mnist.load("train"))
    return Batches(images, labels, 10, recipe, 0, epoch)


def test_an_epoch_shows_every_picture_once_with_its_own_label():
    images, labels = (array[:600] for array in fashion_mnist.load("train"))
    made = batches()
    taken = [made.take(0, 4), made.take(4, 100), made.take(9, 1)]
    assert [part.shape for _, part in taken] == [(4, 64, 10), (5, 64, 10), (1, 24, 10)]
    count = collections.Counter(
        (picture.tobytes(), int(target.argmax()))
        for pictures, part in taken
        for picture, target in zip(pictures.reshape(-1, 28, 28), part.reshape(-1, 10), strict=True)
    )
    expected = (
        (picture.tobytes(), int(label)) for picture, label in zip(images, labels, strict=True)
    )
    assert count == collections.Counter(expected)


def test_the_order_is_another_in_each_epoch_and_the_same_when_it_is_repeated():
    first, again, second = (made.take(3, 2)[0] for made in (batches(), batches(), batches(epoch=1)))
    assert (first == again).all()
    assert (first != second).any()


def test_augmentation_is_the_same_however_many_batches_are_taken_at_a_time():
    flipped = SMALL.changed(augmentation=["flip", "erase"])
    together, alone = batches(flipped).take(0, 3)[0], batches(flipped).take(2, 1)[0]
    assert (together[2] == alone[0]).all()
    assert (alone != batches().take(2, 1)[0]).any()


def test_an_image_is_mirrored_in_every_other_epoch():
    images, _ = (array[:600] for array in fashion_mnist.load("train"))
    flipped = SMALL.changed(augmentation=["flip"])

    def sides(epoch: int) -> np.ndarray:
        made = batches(flipped, epoch)
        seen = np.concatenate([made.take(0, 9)[0].reshape(-1, 28, 28), made.take(9, 1)[0][0]])
        of_image = np.empty_like(seen)
        of_image[made.order] = seen
        return (of_image != images).any(axis=(1, 2))

    first, second, third = (sides(epoch) for epoch in range(3))
    assert 250 < first.sum() < 350
    assert (first != second).all()
    assert (first == third).all()


@pytest.mark.parametrize(
    ("name", "kind"),
    [("adam", "Adam"), ("rmsprop", "RMSprop"), ("sgd", "SGD"), ("nesterov", "SGD")],
)
def test_the_optimizer_is_the_one_that_was_asked_for(name, kind):
    optimizer = make_optimizer(SMALL.changed(optimizer=name, learning_rate=0.02))
    assert type(optimizer).__name__ == kind
    assert float(optimizer.learning_rate) == pytest.approx(0.02)
    assert getattr(optimizer, "nesterov", False) == (name == "nesterov")


def test_one_cycle_rises_for_a_quarter_of_the_epochs_and_falls_to_nothing():
    recipe = dataclasses.replace(SMALL, schedule="one-cycle", learning_rate=0.1, epochs=4)
    rates = np.concatenate([learning_rates(recipe, 4, epoch, 100) for epoch in range(4)])
    assert rates.argmax() == 99
    assert rates.max() == pytest.approx(0.1)
    assert rates[49] == pytest.approx(0.05)
    assert rates[249] == pytest.approx(0.05)
    assert rates[-1] == 0
    assert (learning_rates(SMALL, 2, 1, 5) == np.float32(SMALL.learning_rate)).all()


@pytest.mark.parametrize(
    ("losses", "factor"),
    [
        ([], 1),
        ([3, 2, 1, 0.5], 1),
        ([1, 2, 1.5], 1),
        ([1, 0.99995, 0.9999, 0.99991], 0.5),
        ([1, 2, 1.5, 1.1], 0.5),
        ([1, 2, 1.5, 1.1, 0.9, 1, 1], 0.5),
        ([1, 2, 1.5, 1.1, 0.9, 1, 1, 1], 0.25),
    ],
)
def test_three_epochs_that_were_no_better_halve_the_rate_of_reduce_on_plateau(losses, factor):
    assert functools.reduce(Plateau.after, losses, Plateau()).factor == factor
