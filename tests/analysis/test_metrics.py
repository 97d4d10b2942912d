"""Accuracy, loss, confusion and mistakes, against figures worked out by hand."""

import math

import numpy as np
import pytest

from fmnist.analysis import metrics

LABELS = np.array([0, 0, 1, 2], np.uint8)
PREDICTED = np.array([0, 1, 1, 0], np.uint8)


def test_accuracy_is_the_share_of_correct_predictions():
    assert metrics.accuracy(PREDICTED, LABELS) == 0.5
    assert isinstance(metrics.accuracy(PREDICTED, LABELS), float)


def test_loss_is_the_mean_negative_log_probability_of_the_true_class():
    probabilities = np.zeros((2, 10), np.float32)
    probabilities[0, 3], probabilities[1, 4] = 0.5, 0.25
    loss = metrics.cross_entropy(probabilities, np.array([3, 4], np.uint8))
    assert loss == pytest.approx((math.log(2) + math.log(4)) / 2)


def test_who_guesses_has_a_loss_of_ln_10():
    guess = np.full((5, 10), 0.1, np.float32)
    assert metrics.cross_entropy(guess, np.arange(5)) == pytest.approx(math.log(10))


@pytest.mark.parametrize(
    ("accuracy", "loss", "doubtful"),
    [
        *((0.1, 2.3, True), (0.149, 0.1, True), (0.64, 2.51, True), (0.15, 2.5, False)),
        *((math.nan, 0.3, True), (0.9, math.nan, True), (0.9, 0.3, False)),
    ],
)
def test_a_figure_that_guessing_may_give_is_doubted(accuracy, loss, doubtful):
    assert bool(metrics.doubt(accuracy, loss, 10)) == doubtful


@pytest.mark.parametrize(
    ("accuracy", "guess", "doubtful"),
    [(0.8, 0.8, True), (0.86, 0.8, False), (0.97, 0.96, True), (0.985, 0.96, False)],
)
def test_where_one_class_is_frequent_always_predicting_it_is_guessing(accuracy, guess, doubtful):
    sentence = metrics.doubt(accuracy, 0.2, 3, guess)
    assert bool(sentence) == doubtful
    assert not doubtful or f"{guess:.0%}" in sentence


def test_a_sure_mistake_costs_as_much_as_keras_says_and_not_infinity():
    sure = np.eye(10, dtype=np.float32)[:1]
    assert metrics.cross_entropy(sure, np.array([5])) == pytest.approx(-math.log(1e-7))


def test_the_confusion_matrix_has_true_classes_as_rows():
    matrix = metrics.confusion_matrix(LABELS, PREDICTED, classes=3)
    assert matrix.tolist() == [[1, 1, 0], [0, 1, 0], [1, 0, 0]]


def test_the_confusion_matrix_has_all_ten_classes_even_if_some_are_absent():
    assert metrics.confusion_matrix(LABELS, PREDICTED, 10).shape == (10, 10)
    labels = np.array([9], np.uint8)  # 9 x 10 + 9 needs no more than a byte; 25 x 10 would
    assert metrics.confusion_matrix(labels, labels, 10)[9, 9] == 1


def test_mistakes_are_the_places_where_the_prediction_is_not_the_label():
    assert metrics.mistakes(LABELS, PREDICTED).tolist() == [1, 3]


def test_who_is_as_often_right_as_sure_is_calibrated():
    probabilities = np.tile(np.array([0.7, 0.3, *[0] * 8]), (10, 1))
    labels = np.array([0] * 7 + [1] * 3)
    assert metrics.calibration_error(probabilities, labels) == pytest.approx(0)
    assert metrics.calibration_error(probabilities, np.zeros(10, int)) == pytest.approx(0.3)


@pytest.mark.parametrize("factor", [0.7, 1, 2.5])
def test_a_network_that_is_too_sure_gets_the_temperature_that_undoes_it(factor):
    rng = np.random.default_rng(0)
    honest = rng.dirichlet(np.full(10, 0.3), 20_000)
    labels = (honest.cumsum(axis=1) > rng.random((20_000, 1))).argmax(axis=1)
    sharp = np.maximum(honest, 1e-12) ** factor
    views = (sharp / sharp.sum(axis=1, keepdims=True))[None]
    assert metrics.best_temperature(views, labels) == pytest.approx(factor, rel=0.06)


def test_each_pictures_loss_is_its_share_in_the_mean():
    probabilities = np.random.default_rng(0).dirichlet(np.ones(10), 20)
    labels = np.arange(20) % 10
    losses = metrics.losses(probabilities, labels)
    assert losses.shape == (20,)
    assert losses.mean() == pytest.approx(metrics.cross_entropy(probabilities, labels))


def test_precision_recall_and_f1_of_each_class():
    scores = metrics.class_scores(np.array([[6, 2, 0], [3, 9, 0], [0, 1, 0]]))
    assert scores.precision == pytest.approx([6 / 9, 9 / 12, 0])
    assert scores.recall == pytest.approx([6 / 8, 9 / 12, 0])
    assert scores.f1 == pytest.approx([12 / 17, 18 / 24, 0])


def test_the_reliability_diagram_has_a_bin_for_each_degree_of_sureness():
    probabilities = np.tile(np.array([0.7, 0.3, *[0] * 8]), (10, 1))
    found = metrics.reliability(probabilities, np.array([0] * 6 + [1] * 4), bins=4)
    assert found.edges.tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert found.count.tolist() == [0, 0, 10, 0]
    assert found.accuracy[2] == pytest.approx(0.6)
    assert found.confidence[2] == pytest.approx(0.7)
    assert np.isnan(found.accuracy[0])


@pytest.mark.parametrize(
    ("first", "second", "chance"),
    [(0, 0, 1), (5, 5, 1), (0, 1, 1), (0, 6, 2 / 2**6), (1, 9, 2 * 11 / 2**10), (9, 1, 22 / 2**10)],
)
def test_mcnemars_test_is_the_toss_of_a_coin(first, second, chance):
    assert metrics.mcnemar(first, second) == pytest.approx(chance)


def test_the_interval_of_an_accuracy_is_wilsons():
    # Brown, Cai and DasGupta (Statistical Science 16, 2001) and any table of it.
    assert metrics.accuracy_interval(0.5, 100) == pytest.approx((0.4038, 0.5962), abs=1e-4)
    assert metrics.accuracy_interval(1.0, 10) == pytest.approx((0.7225, 1.0), abs=1e-4)
    low, high = metrics.accuracy_interval(0.95, 10_000)
    assert high - low == pytest.approx(0.0085, abs=1e-4)


def test_the_interval_of_a_mean_is_students():
    sleep = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]  # hours won, his own example
    assert metrics.mean_interval(sleep) == pytest.approx((0.898, 3.762), abs=1e-3)
    low, high = metrics.mean_interval([0.0, 1.0])
    assert (low, high) == pytest.approx((0.5 - 6.353, 0.5 + 6.353), abs=1e-3)


def test_mcnemars_test_has_figures_for_thousands_of_images():
    assert metrics.mcnemar(0, 10_000) == 0
    assert metrics.mcnemar(4_900, 5_100) == pytest.approx(0.0466, abs=0.0005)


def test_a_bootstrap_interval_is_wilsons_but_for_few_images():
    held = np.arange(400) < 320
    drawn = metrics.bootstrap_interval(lambda some: held[some].mean(), len(held))
    for found in (drawn, metrics.share_interval(held)):
        assert found == pytest.approx(metrics.accuracy_interval(0.8, 400), abs=0.01)
    assert metrics.share_interval(np.ones(15, bool)) == metrics.accuracy_interval(1, 15)


def test_evidence_is_the_highest_logit_above_the_mean_one_whatever_is_added_to_them():
    logits = np.random.default_rng(0).normal(0, 3, (50, 10))
    expected = logits.max(axis=1) - logits.mean(axis=1)
    for shift in (0, 5):
        powers = np.exp(logits + shift)
        probabilities = powers / powers.sum(axis=1, keepdims=True)
        assert metrics.evidence(probabilities) == pytest.approx(expected)
    assert metrics.evidence(np.full(10, 0.1)) == pytest.approx(0)
    assert 18 < metrics.evidence(np.eye(10)[0]) < 21
