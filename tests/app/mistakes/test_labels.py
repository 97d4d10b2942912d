"""Labels and comparison on the Mistakes page, without a browser: doubtful labels, marks, what only one model gets right."""

import numpy as np
from streamlit.testing.v1 import AppTest

from fmnist.analysis import label_errors, metrics
from fmnist.app.mistakes.comparison import in_words
from fmnist.data import fashion_mnist, library
from fmnist.data.fashion_mnist import DATASET
from fmnist.inference import held_out
from fmnist.runs import annotations, listing

from ..visiting import choices, choose, metric, press, still_well, table, text_of, words
from .conftest import TINY, show


def marked(app: AppTest) -> list[str]:
    """The buttons of marks that are given."""
    return [
        button.label
        for button in app.button
        if "mark" in button.key and button.proto.type == "primary"
    ]


# Labels


def test_doubtful_labels_are_listed(tiny):
    _, labels = fashion_mnist.load("test")
    count = len(label_errors.label_issues(tiny.predictions()[0], labels))
    app = show(**TINY, view="Labels")
    assert metric(app, "Suspected labels") == f"{count:,}"
    assert f"{count:,} suspected labels" in words(app)


def test_labels_that_the_best_models_all_dispute_are_listed_and_what_is_left_without_them():
    _, labels = fashion_mnist.load("test")
    found = ((run, run.recipe) for run in listing.usable_runs())
    alone = [run for run, r in found if not (r.teachers or r.pretrained or r.ensemble_member)]
    ranked = sorted(alone, key=lambda run: -run.result["test_accuracy"])[:5]
    predictions = zip(*(run.predictions()[1].tolist() for run in ranked), strict=True)
    count = sum(
        set(classes) == {classes[0]} != {label}
        for classes, label in zip(predictions, labels, strict=True)
    )
    assert 100 < count < 1_000
    app = show(view="Labels", labels="disputed")
    assert metric(app, "Disputed labels") == f"{count:,}"
    assert f"{count:,} labels disputed by the 5 best models" in words(app)
    accuracy = table(app, "Accuracy on").set_index("Accuracy on")
    assert accuracy.loc["without disputed labels", "Images"] == f"{10_000 - count:,}"


def test_a_label_is_marked_counted_and_the_mark_taken_back(predictions_of_tiny):
    wrong = int(metrics.mistakes(*predictions_of_tiny)[0])
    app = show(**TINY, view="Labels", image=wrong)
    press(app, "Wrong")
    assert annotations.read(DATASET) == {wrong: "wrong"}
    app = press(app, "Back")
    assert metric(app, "Marked wrong") == "1"
    accuracy = table(app, "Accuracy on").set_index("Accuracy on")
    right = (predictions_of_tiny[0] == predictions_of_tiny[1]).sum()
    assert accuracy.loc["all test images", "Accuracy"] == f"{right / 10_000:.2%}"
    assert accuracy.loc["without labels marked wrong", "Images"] == "9,999"
    assert accuracy.loc["without labels marked wrong", "Accuracy"] == f"{right / 9_999:.2%}"
    app = show(**TINY, image=wrong)
    assert marked(app) == ["Wrong"]
    assert marked(press(app, "Ambiguous")) == ["Ambiguous"]
    assert marked(press(app, "Ambiguous")) == []
    assert annotations.read(DATASET) == {}


def test_a_corrected_label_makes_a_data_set_that_can_be_trained_on(tiny):
    app = press(show(**TINY, view="Labels", image=12), "Wrong")
    labels = DATASET.load("test")[1]
    assert DATASET.class_names[labels[12]] not in choices(app, "Right class")
    choose(app, "Right class", "Bag")
    app = press(show(**TINY, view="Labels"), "Train on the corrected labels")
    assert text_of(app.title) == "Train"
    corrected = library.find("fashion-mnist-corrected")
    found = corrected.load("test")[1]
    assert np.flatnonzero(found != labels).tolist() == [12]
    assert corrected.class_names[found[12]] == "Bag"


def test_training_images_are_suspected_by_a_model_that_was_not_trained_on_them(tiny):
    found = held_out.predictions(tiny)
    labels = DATASET.load("train")[1][found.indices]
    count = len(label_errors.label_issues(found.probabilities, labels)[:300])
    annotations.put(DATASET, int(found.indices[0]), "wrong", label="Bag", split="train")
    app = show(**TINY, view="Labels", labels="training images")
    assert f"{count:,} of 1,200 labels are suspected, 1 label marked" in words(app)
    assert "1 label corrected" in words(app)


def test_a_mark_from_another_tab_is_seen(tiny):
    app = show(**TINY, image=12)
    annotations.put(DATASET, 12, "ambiguous")
    assert marked(still_well(app.run())) == ["Ambiguous"]


def test_marks_of_other_people_are_seen_beside_ones_own_mark(tiny):
    annotations.put(DATASET, 12, "ambiguous", "another")
    app = press(show(**TINY, view="Labels", image=12), "Wrong")
    assert marked(app) == ["Wrong"]
    assert "Other people: ambiguous 1." in words(app)
    assert "1 label marked by other people, 1 of them differently" in words(press(app, "Back"))
    assert len({each["by"] for each in annotations.read_all(DATASET)}) == 2


def test_a_mark_that_cannot_be_written_is_one_sentence(tiny):
    app = show(**TINY, image=12)
    annotations.place().mkdir()
    app = press(app, "Wrong")
    assert "marks.jsonl" in text_of(app.error)


# Compare


def test_two_models_are_compared_by_what_only_one_gets_right(predictions_of_tiny):
    labels, predicted = predictions_of_tiny
    _, others = listing.find("mlp-256").predictions()
    only_mine = ((predicted == labels) & (others != labels)).sum()
    only_other = ((predicted != labels) & (others == labels)).sum()
    app = show(**TINY, view="Compare", other="mlp-256")
    assert metric(app, "Only this one correct") == f"{only_mine:,}"
    assert f"{only_mine:,} images, only this one correct" in words(app)
    assert "**mlp-256** is significantly better" in words(app)
    app = show(**TINY, view="Compare", other="mlp-256", correct="only the other correct")
    assert f"{only_other:,} images, only the other correct" in words(app)


def test_a_link_to_a_comparison_with_a_model_that_is_gone_says_so():
    app = show(model="mlp-256", view="Compare", other="gone")
    assert "no trained model `gone`" in text_of(app.warning)


def test_the_comparison_speaks_to_people_who_know_no_statistics():
    assert "not significant" in in_words("a", "b", 50, 55)
    assert "**b** is significantly better" in in_words("a", "b", 20, 80)
    assert "no difference" in in_words("a", "b", 0, 0)


def test_one_model_alone_disputes_no_label(tiny, tmp_path, monkeypatch):
    monkeypatch.setattr("fmnist.machine.folders.SHIPPED", tmp_path / "none")
    app = show(view="Labels", labels="disputed")
    assert metric(app, "Disputed labels") == "0"
    assert "two independently trained models" in words(app)
