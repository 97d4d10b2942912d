"""The fast training step: the same network, the same learning, only sooner."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from fmnist.data import fashion_mnist
from fmnist.networks.architectures import ARCHITECTURES
from fmnist.recipes import registry
from fmnist.recipes.hyperparameters import PRECISIONS
from fmnist.training import tf_stepper
from fmnist.training.batches import one_hot
from fmnist.training.steppers import make_optimizer

from ..conftest import KERAS_NOISE

pytestmark = pytest.mark.filterwarnings(KERAS_NOISE)

QUICK = [name for name, known in ARCHITECTURES.items() if known.parameters < 5_000_000]


def pictures(count: int) -> tuple[np.ndarray, np.ndarray]:
    images, labels = fashion_mnist.load("train")
    return images[:count], labels[:count]


@pytest.mark.parametrize("name", QUICK)
def test_the_fast_clone_predicts_as_the_network_does(name):
    model, (images, _) = ARCHITECTURES[name].build((28, 28), 10), pictures(64)
    clone = tf_stepper.TfStepper(model, keras.optimizers.SGD(0.1), "float32")
    expected = keras.ops.convert_to_numpy(model(images))
    np.testing.assert_allclose(clone.probabilities(images), expected, atol=1e-5)


@pytest.mark.parametrize(
    "batch", [32, 17, 2, 1]
)  # halved, in uneven halves, too small to be halved
def test_a_step_of_the_clone_is_a_step_of_keras(batch):
    images, labels = pictures(3 * batch)
    keras.utils.set_random_seed(0)
    model = ARCHITECTURES["two-conv"].build((28, 28), 10)
    stepper = tf_stepper.TfStepper(model, keras.optimizers.SGD(0.1), "float32")
    model.compile(keras.optimizers.SGD(0.1), loss="sparse_categorical_crossentropy")
    for part in range(3):
        at = slice(batch * part, batch * part + batch)
        model.train_on_batch(images[at], labels[at])
    rates = np.full(3, 0.1, np.float32)
    stepper.train(images.reshape(3, batch, 28, 28), one_hot(labels.reshape(3, batch), 10), rates)
    for ours, theirs in zip(stepper.weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=2e-4)  # a step is a hundred times as long


def test_loss_and_accuracy_are_those_before_the_step():
    images, labels = pictures(128)
    model = ARCHITECTURES["mlp-256"].build((28, 28), 10)
    before = model.predict(images, verbose=0)
    stepper = tf_stepper.TfStepper(model, keras.optimizers.SGD(0.0), "float32")
    loss, accuracy = stepper.train(
        images.reshape(2, 64, 28, 28),
        one_hot(labels.reshape(2, 64), 10),
        np.zeros(2, np.float32),
    )
    assert loss == pytest.approx(-np.log(before[np.arange(128), labels]).mean(), rel=1e-4)
    assert accuracy == pytest.approx((before.argmax(axis=1) == labels).mean())


def test_a_restored_state_goes_on_as_if_nothing_had_happened():
    images, labels = (array.reshape(4, 32, *array.shape[1:]) for array in pictures(128))
    targets, rates = one_hot(labels, 10), np.full(2, 0.001, np.float32)
    model = ARCHITECTURES["kernels-64-dropout"].build((28, 28), 10)
    first = tf_stepper.TfStepper(model, keras.optimizers.Adam(), "float32")
    first.train(images[:2], targets[:2], rates)
    second = tf_stepper.TfStepper(model, keras.optimizers.Adam(), "float32")
    second.restore(first.state())
    results = [stepper.train(images[2:], targets[2:], rates) for stepper in (first, second)]
    assert results[0] == pytest.approx(results[1])
    for ours, theirs in zip(first.weights(), second.weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-7)


def test_averaged_weights_answer_and_the_others_learn_on():
    images, labels = (array.reshape(4, 32, *array.shape[1:]) for array in pictures(128))
    model = ARCHITECTURES["mlp-256"].build((28, 28), 10)
    recipe = registry.find("mlp-256").changed(optimizer="sgd", ema_momentum=0.75)
    one_by_one = [model.get_weights()]
    stepper = tf_stepper.TfStepper(model, make_optimizer(recipe), "float32")
    plain = tf_stepper.TfStepper(model, make_optimizer(recipe.changed(ema_momentum=0.0)), "float32")
    for step in range(4):
        batch = images[step : step + 1], one_hot(labels[step : step + 1], 10)
        for one in (stepper, plain):
            one.train(*batch, np.array([0.1], np.float32))
        one_by_one.append(plain.weights())
    average = one_by_one[1]
    for weights in one_by_one[2:]:
        average = [0.75 * old + 0.25 * new for old, new in zip(average, weights, strict=True)]
    for ours, wanted in zip(stepper.weights(), average, strict=True):
        np.testing.assert_allclose(ours, wanted, atol=1e-6)
    model.set_weights(average)
    expected = keras.ops.convert_to_numpy(model(images[0]))
    np.testing.assert_allclose(stepper.probabilities(images[0]), expected, atol=1e-5)
    restored = tf_stepper.TfStepper(model, make_optimizer(recipe), "float32")
    restored.restore(stepper.state())
    for ours, wanted in zip(restored.weights(), average, strict=True):
        np.testing.assert_allclose(ours, wanted, atol=1e-6)


def test_dropout_drops_its_share_and_keeps_the_mean():
    layer = tf_stepper.FastDropout(0.3)
    dropped = layer(tf.ones((200, 500)), training=True).numpy()
    assert (dropped == 0).mean() == pytest.approx(0.3, abs=0.01)
    assert dropped.mean() == pytest.approx(1, abs=0.01)
    assert (layer(tf.ones((2, 5)), training=False).numpy() == 1).all()


def test_fused_batch_normalisation_is_batch_normalisation():
    fused, plain = tf_stepper.FusedBatchNormalization(), keras.layers.BatchNormalization()
    inputs = tf.random.stateless_normal((32, 4, 4, 3), seed=(0, 1)) * 3 + 1
    for layer in (fused, plain):
        layer.build(inputs.shape)
    for phase in (True, True, False):
        # The fused one puts the variance of a sample, n / (n - 1), into its moving mean.
        np.testing.assert_allclose(
            fused(inputs, training=phase), plain(inputs, training=phase), rtol=1e-3, atol=2e-3
        )


@pytest.mark.parametrize("precision", PRECISIONS)
def test_it_learns_in_either_precision(precision):
    images, labels = pictures(2_000)
    recipe = registry.find("dropout-cnn").changed(precision=precision, learning_rate=0.002)
    stepper = tf_stepper.TfStepper(
        ARCHITECTURES["dropout-cnn"].build((28, 28), 10), make_optimizer(recipe), precision
    )
    targets, rates = one_hot(labels.reshape(40, 50), 10), np.full(40, 0.002, np.float32)
    for _ in range(3):
        stepper.train(images.reshape(40, 50, 28, 28), targets, rates)
    assert (stepper.probabilities(images).argmax(axis=1) == labels).mean() > 0.7
