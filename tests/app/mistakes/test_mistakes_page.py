"""The Mistakes page, without a browser: filters, one image, robustness, and bad links."""

import base64
import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fmnist.analysis import metrics
from fmnist.data import fashion_mnist
from fmnist.data.labels import CLASS_NAMES
from fmnist.inference import background
from fmnist.inference.robustness import Robustness

from ...conftest import in_one_sentence
from ..visiting import choices, choose, metric, press, still_well, text_of, words
from .conftest import TINY, show


def headline(app: AppTest) -> str:
    """The headline of the chosen image; empty where none is chosen."""
    return text_of(app.header) if app.header else ""


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


@pytest.mark.parametrize("view", ["Mistakes", "Compare", "Robustness", "Labels", "Calibration"])
def test_a_table_is_made_when_it_is_downloaded_and_is_no_file_before(tiny, view):
    buttons = show(**TINY, view=view, other="mlp-256").get("download_button")
    assert buttons
    assert not [button.proto.url for button in buttons if button.proto.url]
