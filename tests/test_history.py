"""What the curve of a training tells."""

import pytest

from fmnist import history, runs


def epochs(*pairs: tuple[float, float]) -> list[dict]:
    """Rows of a curve: validation loss and accuracy of each epoch, with points in between."""
    rows = []
    for number, (loss, accuracy) in enumerate(pairs, 1):
        rows.append({"epoch": number - 0.5, "loss": 1.0, "accuracy": 0.5})
        end = {"epoch": number, "end_of_epoch": True, "loss": 1.0, "accuracy": 0.5}
        rows.append(end | {"validation_loss": loss, "validation_accuracy": accuracy})
    return rows


def test_the_first_epoch_within_a_tenth_of_a_point_of_the_best_was_as_good():
    rows = epochs((0.5, 0.8), (0.4, 0.899), (0.3, 0.85), (0.6, 0.9), (0.7, 0.88))
    assert history.first_good_epoch(rows) == (2, 4)


def test_an_epoch_that_is_further_off_was_not():
    assert history.first_good_epoch(epochs((0.5, 0.8), (0.4, 0.8989), (0.3, 0.9))) == (3, 3)


def test_without_validation_no_epoch_is_told():
    assert history.first_good_epoch([{"epoch": 1, "end_of_epoch": True, "loss": 1.0}]) is None
    assert history.first_good_epoch([]) is None
    assert history.by_split([], (2, 1), None) == []


def test_each_split_is_told_at_its_own_lowest_validation_loss():
    rows = epochs((0.5, 0.80), (0.3, 0.90), (0.4, 0.91), (0.35, 0.88), (0.6, 0.7))
    assert history.by_split(rows, splits=(3, 2), kept_epoch=2) == [
        {
            "split": 1,
            "epochs": 3,
            "best_epoch": 2,
            "validation_loss": 0.3,
            "validation_accuracy": 0.90,
            "kept": True,
        },
        {
            "split": 2,
            "epochs": 2,
            "best_epoch": 1,
            "validation_loss": 0.35,
            "validation_accuracy": 0.88,
            "kept": False,
        },
    ]


def test_a_split_that_was_never_begun_is_not_told():
    table = history.by_split(epochs((0.5, 0.8), (0.4, 0.9)), splits=(2, 2, 2), kept_epoch=2)
    assert [row["split"] for row in table] == [1]


def test_the_shipped_network_with_re_splits_keeps_the_lowest_loss_of_all():
    run = runs.find("dropout-cnn")
    table = history.by_split(run.metrics(), run.recipe.splits, run.result["kept_epoch"])
    assert [row["epochs"] for row in table] == [50, 10, 10, 10]
    (kept,) = (row for row in table if row["kept"])
    assert kept["validation_loss"] == min(row["validation_loss"] for row in table)
    assert kept["validation_accuracy"] == pytest.approx(run.result["validation_accuracy"], abs=2e-3)
