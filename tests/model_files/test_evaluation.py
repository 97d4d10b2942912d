"""What is said of a model's figures."""

import pytest

from fmnist.model_files import evaluation
from fmnist.model_files.evaluation import Figures
from fmnist.model_files.preprocessings import Found

CLEAR = Found("minus1-1", 0.9, "mean-std", 0.8, equal=False)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (CLEAR, "minus1-1 (pixels / 127.5 - 1), found by trying: 90.0% of 1,000"),
        (CLEAR, "80.0% with mean-std."),
        (CLEAR._replace(equal=True), "mean-std, which may be equally good."),
        (CLEAR._replace(accuracy=0.5), "the model may need another one."),
        (CLEAR._replace(accuracy=0.12), "which is close to guessing."),
        (CLEAR._replace(order=(*range(1, 10), 0), reordered_accuracy=0.7), "Bag, Ankle boot, T-sh"),
        (None, "minus1-1 (pixels / 127.5 - 1), as given."),
    ],
)
def test_the_preprocessing_is_named_with_how_clearly_it_stands_out(found, words):
    assert words in evaluation.in_words("minus1-1", found)


def test_figures_that_guessing_could_give_never_stand_alone():
    good = Figures("mine", 1_000, 0.9, 0.3, 10, 0.1)
    assert "doubt" not in good.row()
    reordered = CLEAR._replace(order=(*range(1, 10), 0), reordered_accuracy=0.7)
    for found in (
        Figures("mine", 1_000, 0.1, 0.3, 10, 0.1),
        Figures("mine", 1_000, 0.9, 3.0, 10, 0.1),
        Figures("mine", 1_000, 0.4, 2.0, 10, 0.1, "minus1-1", reordered),
    ):
        doubt = found.row()["doubt"]
        assert doubt == found.doubt == found.in_words()[1]
        assert doubt.startswith("Doubtful: ")


def test_a_folder_that_is_a_saved_model_is_taken_for_a_file(tmp_path):
    assert not evaluation.is_file("everyday")
    assert not evaluation.is_file(str(tmp_path))
    (tmp_path / "saved_model.pb").touch()
    assert evaluation.is_file(str(tmp_path))
    assert evaluation.is_file("missing.h5")
