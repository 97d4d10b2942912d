"""The Mistakes page, without a browser: filters, one image, labels, comparison, and bad links."""

import base64
import dataclasses
import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fmnist.analysis import label_errors, metrics
from fmnist.app.mistakes.comparison import in_words
from fmnist.data import fashion_mnist, library
from fmnist.data.fashion_mnist import DATASET
from fmnist.data.labels import CLASS_NAMES
from fmnist.inference import background, held_out
from fmnist.inference.embedding import Embedding
from fmnist.inference.robustness import Robustness
from fmnist.runs import annotations, cache, listing
from fmnist.runs.run import Run

from ..conftest import in_one_sentence
from .visiting import choices, choose, metric, press, still_well, table, text_of, visit, words

TINY = {"model": "tiny-1"}


def show(**link) -> AppTest:
    """A visitor's first look at the page, by a link."""
    return still_well(visit("mistakes", **{name: str(value) for name, value in link.items()}))


@pytest.fixture(scope="module")
def points(tiny_training, tmp_path_factory) -> dict:
    """The points of the images to the run `tiny`, worked out once for all tests here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FMNIST_RUNS", str(tmp_path_factory.mktemp("points")))
        embedding = Embedding(Run(tiny_training / "tiny-1"))
        embedding.start()
        embedding.wait()
    return dataclasses.asdict(embedding.points)


@pytest.fixture
def tiny(tiny, points) -> Run:
    """A finished run whose points are known."""
    cache.write(cache.place(tiny, Embedding(tiny).name), points)
    return tiny


@pytest.fixture
def predictions_of_tiny(tiny):
    """Labels and predicted classes of the run `tiny`."""
    _, labels = fashion_mnist.load("test")
    return labels, tiny.predictions()[1]


def headline(app: AppTest) -> str:
    """The headline of the chosen image; empty where none is chosen."""
    return text_of(app.header) if app.header else ""


def marked(app: AppTest) -> list[str]:
    """The buttons of marks that are given."""
    return [
        button.label
        for button in app.button
        if "mark" in button.key and button.proto.type == "primary"
    ]


# Matrix and gallery


def test_accuracy_and_number_of_mistakes_are_those_of_the_result(tiny):
    app = show(**TINY)
    accuracy = tiny.result["test_accuracy"]
    assert f"{accuracy:.2%}" in words(app)
    wrong = round(10_000 * (1 - accuracy))
    assert f"{wrong:,} mistakes." in words(app)


def test_the_filters_show_the_mistakes_of_those_classes_only(predictions_of_tiny):
    matrix = metrics.confusion_matrix(*predictions_of_tiny, 10)
    app = choose(show(**TINY), "True class", "Shirt")
    assert f"{matrix[6].sum() - matrix[6, 6]:,} mistakes of Shirt." in words(app)
    app = choose(app, "Predicted class", "Coat")
    assert f"{matrix[6, 4]:,} mistakes of Shirt predicted as Coat." in words(app)
    app = choose(app, "True class", "any class")
    assert f"{matrix[:, 4].sum() - matrix[4, 4]:,} mistakes predicted as Coat." in words(app)


def test_a_class_taken_for_itself_shows_what_is_classified_correctly(predictions_of_tiny):
    right = metrics.confusion_matrix(*predictions_of_tiny, 10)[8, 8]
    app = show(**TINY, true="Bag", predicted="Bag")
    assert f"{right:,} images of Bag classified correctly" in words(app)


def test_two_classes_that_are_never_mixed_up_say_so():
    app = show(model="mlp-256", true="Bag", predicted="Trouser")
    assert "No test image" in text_of(app.info)


def test_precision_recall_and_f1_are_a_table(predictions_of_tiny):
    app = show(**TINY)
    app.segmented_control(key="figures").set_value("Per class")
    (table,) = still_well(app.run()).dataframe
    (linked,) = show(**TINY, figures="Per class").dataframe
    assert linked.value.equals(table.value)
    scores = metrics.class_scores(metrics.confusion_matrix(*predictions_of_tiny, 10))
    assert table.value["Class"].tolist() == list(CLASS_NAMES)
    np.testing.assert_allclose(table.value["Recall"], scores.recall)
    np.testing.assert_allclose(table.value["F1"], scores.f1)


# One image


def test_a_link_shows_the_image_it_names_and_steps_go_through_the_list(predictions_of_tiny):
    labels, predicted = predictions_of_tiny
    shirts = np.flatnonzero((labels == 6) & (predicted != 6))
    link = {"true": "Shirt", "order": "test set order"}
    app = show(**TINY, **link, image=shirts[0])
    assert f"Test image {shirts[0]}: labelled Shirt" in headline(app)
    assert f"predicted {CLASS_NAMES[predicted[shirts[0]]]}" in headline(app)
    assert f"1 of {len(shirts):,} mistakes of Shirt" in words(app)
    app = press(app, "Next")
    assert f"Test image {shirts[1]}:" in headline(app)
    assert app.query_params["image"] == str(shirts[1])
    assert f"Test image {shirts[0]}:" in headline(press(app, "Previous"))
    (previous,) = (button for button in app.button if button.label == "Previous")
    assert previous.disabled
    app = press(app, "Back")
    assert not headline(app)
    assert "image" not in app.query_params


def test_an_image_is_explained(predictions_of_tiny):
    wrong = metrics.mistakes(*predictions_of_tiny)[0]
    app = show(**TINY, image=wrong)
    assert ":orange[" in words(app)
    (table,) = app.dataframe
    assert {"tiny-1", "everyday", "mlp-256"} <= set(table.value["Model"])
    mine = table.value.set_index("Model").loc["tiny-1"]
    assert mine["Prediction"] == CLASS_NAMES[predictions_of_tiny[1][wrong]]
    assert not mine["Prediction"].endswith("✓")


def test_an_image_that_is_classified_correctly_can_be_looked_at_too(predictions_of_tiny):
    labels, predicted = predictions_of_tiny
    right = int(np.flatnonzero(labels == predicted)[0])
    app = show(**TINY, image=right)
    assert "predicted the same" in headline(app)
    assert "not among" in words(app)


def test_try_it_takes_the_image_to_the_try_page(tiny):
    app = press(show(**TINY, image=77), "Try it")
    assert text_of(app.title) == "Try it"
    assert "Test image 77" in words(app)


@pytest.mark.parametrize("image", ["10000", "-1", "x", "", "1e3", "٣", "9" * 5000, "[a](b)"])
def test_a_link_to_an_image_that_there_is_not_says_so_and_shows_the_rest(tiny, image):
    app = show(**TINY, image=image)
    (warning,) = app.warning
    assert "0 to 9,999" in warning.value
    assert in_one_sentence(warning.value)
    assert not headline(app)
    assert " mistakes." in words(app)


def test_a_link_to_a_run_that_is_gone_says_so_and_shows_another():
    app = show(model="long-gone")
    (warning,) = app.warning
    assert "`long-gone`" in warning.value
    assert " mistakes." in words(app)


def test_links_with_filters_that_there_are_not_show_everything(tiny):
    app = show(**TINY, true="Socks", predicted="7", order="by magic", page="99", view="Nothing")
    assert f"{round(10_000 * (1 - tiny.result['test_accuracy'])):,} mistakes." in words(app)


@pytest.mark.parametrize(
    ("view", "damage"),
    [
        *(("Mistakes", "cut short"), ("Labels", "changed inside")),
        *(("Compare", "cut short"), ("Calibration", "changed inside")),
    ],
)
def test_predictions_that_are_damaged_are_one_sentence_and_another_model_works(tiny, damage, view):
    path = tiny.path / "predictions.npz"
    content = bytearray(path.read_bytes())
    if damage == "cut short":
        del content[5_000:]
    else:
        content[100:110] = bytes(range(10))
    path.write_bytes(bytes(content))
    app = show(**TINY, view=view)
    assert "predictions.npz" in text_of(app.error)
    app = choose(app, "Model", "mlp-256")
    assert not app.error


def test_a_damaged_model_file_leaves_the_matrix_and_is_one_sentence_where_it_is_needed(tiny):
    (tiny.path / "model.tflite").write_bytes(b"no model")
    assert not show(**TINY).error
    app = show(**TINY, image=5)
    assert "model.tflite" in text_of(app.error)
    assert headline(app)


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


def test_marks_of_other_sessions_are_seen_beside_ones_own_mark(tiny):
    annotations.put(DATASET, 12, "ambiguous", "another")
    app = press(show(**TINY, view="Labels", image=12), "Wrong")
    assert marked(app) == ["Wrong"]
    assert "Other sessions: ambiguous 1." in words(app)
    assert "1 label marked in other sessions, 1 of them differently" in words(press(app, "Back"))
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


# Robustness and calibration


def test_corrupted_images_are_classified_worse(tiny):
    known = Robustness(tiny, "noise")
    known.start()
    known.wait()
    app = show(**TINY, view="Robustness", corruption="noise")
    now, was = (float(metric(app, name)[:-1]) for name in ("Accuracy", "On unchanged images"))
    assert now < was
    _, labels = fashion_mnist.load("test")
    assert now == round(100 * metrics.accuracy(known.predicted[16], labels[:2000]), 1)
    assert "first 2,000 test images." in words(app)


def test_what_comes_from_a_sample_says_so(tiny):
    """Another work goes on, so that this one has its first sample only."""
    with background.REFINING:
        app = show(**TINY, view="Robustness", corruption="blur")
        assert "first 200 test images so far, of 2,000." in words(app)
        labels = fashion_mnist.load("test")[1][:200]
        clean = metrics.accuracy(tiny.predictions()[1][:200], labels)
        assert metric(app, "On unchanged images") == f"{clean:.1%}"


def test_a_link_keeps_how_much_is_done_to_the_images(tiny):
    app = show(**TINY, view="Robustness", corruption="blur", blur="0.5")
    (strength,) = app.select_slider
    assert strength.value == 0.5


def test_calibration_has_the_error_that_evaluation_gives(tiny):
    _, labels = fashion_mnist.load("test")
    error = metrics.calibration_error(tiny.predictions()[0].astype(np.float32), labels)
    app = show(**TINY, view="Calibration")
    assert metric(app, "Expected calibration error") == f"{error:.1%}"


def test_a_point_of_the_reliability_diagram_stands_at_the_mean_confidence_of_its_bin(tiny):
    _, labels = fashion_mnist.load("test")
    found = metrics.reliability(tiny.predictions()[0].astype(np.float32), labels)
    app = show(**TINY, view="Calibration")
    (chart,) = app.get("plotly_chart")
    *_, points = json.loads(chart.proto.spec)["data"]
    for axis, expected in (("x", found.confidence), ("y", found.accuracy)):
        told = np.frombuffer(base64.b64decode(points[axis]["bdata"]), points[axis]["dtype"])
        np.testing.assert_allclose(told, expected)


def test_a_model_of_ones_own_is_offered(tiny):
    assert "tiny-1" in choices(show(), "Model")
