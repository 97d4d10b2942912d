"""Which labels are doubted: worked out by hand, and labels that were made wrong on purpose."""

import numpy as np
import pytest

from fmnist.analysis import label_errors
from fmnist.data import fashion_mnist
from fmnist.machine import folders
from fmnist.runs.run import Run

PROBABILITIES = np.array([[0.9, 0.1], [0.7, 0.3], [0.2, 0.8], [0.4, 0.6]])
LABELS = np.array([0, 0, 0, 1])


def test_the_threshold_of_a_class_is_the_mean_confidence_where_the_label_says_it():
    assert label_errors.thresholds(PROBABILITIES, LABELS) == pytest.approx([0.6, 0.6])


def test_a_class_without_labels_is_never_suggested():
    assert np.isinf(label_errors.thresholds(np.eye(3), np.array([0, 0, 1]))[2])


def test_a_label_is_in_doubt_where_another_class_reaches_its_threshold():
    assert label_errors.suggestions(PROBABILITIES, LABELS).tolist() == [0, 0, 1, 1]
    assert label_errors.label_issues(PROBABILITIES, LABELS).tolist() == [2]


def test_where_no_class_reaches_its_threshold_the_label_stays():
    unsure = np.array([[0.9, 0.1], [0.45, 0.55], [0.1, 0.9]])
    assert label_errors.suggestions(unsure, np.array([0, 0, 1])).tolist() == [0, 0, 1]


def test_the_margin_is_the_labels_probability_less_the_best_others():
    assert label_errors.margins(PROBABILITIES, LABELS) == pytest.approx([0.8, 0.4, -0.6, 0.2])


def test_labels_that_were_made_wrong_are_found_and_come_first():
    _, labels = fashion_mnist.load("test")
    probabilities, _ = Run(folders.SHIPPED / "mlp-256").predictions()
    spoilt = np.random.default_rng(0).choice(10_000, 200, replace=False)
    wrong = labels.copy()
    wrong[spoilt] = (wrong[spoilt] + 5) % 10  # another kind of thing altogether
    found = label_errors.label_issues(probabilities, wrong)
    assert np.isin(spoilt, found).mean() > 0.8
    assert np.isin(found[:100], spoilt).mean() > 0.7


def test_a_label_is_against_the_consensus_if_all_models_predict_the_same_other_class():
    labels = np.array([0, 1, 2, 3])
    predicted = np.array([[0, 2, 1, 0], [0, 2, 0, 3], [0, 2, 1, 0]])
    assert label_errors.against_consensus(predicted, labels).tolist() == [1]
