"""The pages with a model of an own data set: 48 x 48 pixels, colour, three classes with names of all kinds."""

import json
import shutil

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fmnist.analysis import metrics
from fmnist.app.components.probability_bars import _order
from fmnist.app.models.family import in_generations
from fmnist.data import library
from fmnist.jobs import launcher
from fmnist.recipes import registry
from fmnist.runs import family, fit
from fmnist.runs.family import Relation
from fmnist.runs.files import RunError
from fmnist.runs.run import Run

from ..conftest import in_one_sentence, tells
from .visiting import (
    choices,
    choose,
    field,
    metric,
    press,
    still_well,
    table,
    text_of,
    visit,
    words,
)

NAMES = ["red", "أخضر", "🟦"]
VIEWS = ("Mistakes", "Labels", "Compare", "Robustness", "Calibration")


def show(page: str, **link: object) -> AppTest:
    """A visitor's first look at a page, by a link."""
    return still_well(visit(page, **{name: str(value) for name, value in link.items()}))


def sent(app: AppTest, key: str) -> dict:
    """What the page sends to the component of that key."""
    (part,) = (each.proto for each in app.get("bidi_component") if key in each.proto.id)
    return json.loads(part.json)


def child_of(run: Run, name: str, **recipe: object) -> Run:
    """A copy of the run under another name, with these fields of its recipe changed."""
    path = shutil.copytree(run.path, run.path.with_name(name))
    content = json.loads((path / "run.json").read_text())
    content["recipe"] |= recipe
    (path / "run.json").write_text(json.dumps(content))
    return Run(path)


# Mistakes


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_of_the_mistakes_page_shows_the_runs_own_classes(own, view):
    app = show("mistakes", model="shapes-1", view=view)
    assert not app.error
    assert f"{own.figures['test_accuracy']:.2%}" in words(app)
    if view in ("Mistakes", "Robustness"):
        key = "mistakes.matrix" if view == "Mistakes" else "mistakes.corrupted"
        assert sent(app, key)["names"] == NAMES


def test_the_matrix_counts_the_runs_own_test_images(own):
    labels = own.dataset.load("test")[1]
    counts = metrics.confusion_matrix(labels, own.predictions()[1], 3)
    shown = sent(show("mistakes", model="shapes-1"), "mistakes.matrix")["texts"]
    assert [[int(text or 0) for text in row] for row in shown] == counts.tolist()


def test_one_image_is_explained_in_its_own_form(own):
    label = own.dataset.load("test")[1][7]
    app = show("mistakes", model="shapes-1", image=7)
    assert NAMES[label] in text_of(app.header)
    assert ":orange[" in words(app)
    bars = sent(app, "mistakes.chart")
    assert [row["name"] for row in bars["rows"]] == NAMES
    assert [row["true"] for row in bars["rows"]].index(True) == label
    assert table(app, "Model")["Model"].tolist() == ["shapes-1"]


def test_a_number_beyond_the_test_images_is_one_sentence(own):
    app = show("mistakes", model="shapes-1", image=60)
    assert "0 to 59" in text_of(app.warning)


def test_filters_of_one_data_set_do_not_stay_for_another(own):
    app = show("mistakes", model="shapes-1", true="red")
    assert choices(app, "True class") == ["any class", *NAMES]
    app = choose(app, "Model", "mlp-256")
    assert field(app, "True class").value == "any class"
    assert "Coat" in choices(app, "True class")


# Try it


def test_a_test_image_gets_the_probabilities_of_the_runs_own_classes(own):
    _, labels = own.dataset.load("test")
    app = show("", model="shapes-1")
    assert "Test image 2, labelled 🟦" in words(app).replace("\u2068", "").replace("\u2069", "")
    assert labels[2] == 2
    bars = sent(app, "try.chart")["rows"]
    expected = own.predictions()[0][2].astype(float)
    np.testing.assert_allclose([row["probability"] for row in bars], expected, atol=0.01)


def test_there_are_inks_and_examples_of_the_data_set(own):
    app = show("", model="shapes-1")
    canvas = sent(app, "sketch")
    assert (canvas["colour"], canvas["dark"]) == (True, False)  # its images are on grey
    assert all(name in canvas["hint"] for name in NAMES)
    assert sent(app, "try.examples")["ids"] == [0, 1, 2]
    assert not sent(show("", model="mlp-256"), "sketch")["colour"]


# Train


def test_a_link_names_the_data_set_that_is_trained_on(home, own, monkeypatch):
    started = []
    monkeypatch.setattr(launcher, "start", lambda recipe: started.append(recipe) or own)
    app = show("train", data="shapes", recipe="tiny")
    assert field(app, "Data set").value == "shapes"
    press(app, "Start")
    assert [recipe.data for recipe in started] == ["shapes"]


def test_own_layers_are_measured_for_the_data_set_that_is_chosen(home, own):
    app = show("train", data="shapes", recipe="own-layers", layers="flatten,dense 1024")
    editor = sent(app, "train.layers")
    assert editor["figures"][0][0] == "48 × 48 × 3"
    assert editor["figures"][-1][:2] == ["3", f"{1025 * 3:,}"]
    assert "parameters, most of them in layer 2 (dense 1024 relu)" in editor["problem"]
    app = choose(app, "Data set", "fashion-mnist")
    assert sent(app, "train.layers")["problem"] is None


def test_another_recipe_keeps_the_data_set_and_a_run_brings_its_own(own, tiny):
    app = show("train", run="shapes-1")
    assert field(app, "Data set").value == "shapes"
    app = choose(app, "Recipe", "sprint")
    assert field(app, "Data set").value == "shapes"
    app = choose(app, "Run", "tiny-1")
    assert field(app, "Data set").value == "fashion-mnist"


def test_what_only_garments_have_is_left_out_and_named_before_start(own, monkeypatch):
    started = []
    monkeypatch.setattr(launcher, "start", lambda recipe: started.append(recipe) or own)
    app = show("train", data="shapes", recipe="ensemble")
    (sentence,) = app.info
    assert in_one_sentence(sentence.value)
    assert "sketch-photo" in sentence.value
    assert str(registry.find("ensemble").ensemble_member) in sentence.value
    press(app, "Start")
    assert "sketch-photo" not in started[0].augmentation
    assert started[0].ensemble_member is None
    assert not show("train", data="fashion-mnist", recipe="ensemble").info


def test_reported_figures_are_shown_for_fashion_mnist_alone(own):
    for data, labels in (("fashion-mnist", {"Reported accuracy", "Measured"}), ("shapes", set())):
        app = visit("train", data=data, recipe="mlp-256")
        app.session_state["train.details"] = True
        app = still_well(app.run())
        assert {metric.label for metric in app.metric} & {"Reported accuracy", "Measured"} == labels


def test_training_further_is_one_click_from_a_finished_run(own):
    app = press(show("train", run="shapes-1"), "Train further")
    assert field(app, "Pretrained weights").value == "shapes-1"
    assert field(app, "Learning rate").value == pytest.approx(own.recipe.learning_rate / 10)
    assert field(app, "Epochs").value < fit.suited(registry.find("tiny"), own.dataset).epochs
    assert field(app, "Data set").value == "shapes"


def test_only_runs_that_fit_the_data_set_are_offered(own, tiny):
    app = show("train", data="shapes", recipe="tiny")
    assert choices(app, "Teachers") == ["shapes-1"]
    assert set(choices(app, "Pretrained weights")) == {"shapes-1", "tiny-1"}
    app = choose(app, "Data set", "fashion-mnist")
    assert "shapes-1" not in choices(app, "Teachers")


def test_further_training_shows_both_test_sets_before_and_after(own):
    content = json.loads((own.path / "result.json").read_text())
    content["before"] = {"fashion-mnist": {"accuracy": 0.75, "loss": 1.0}}
    content["before"]["shapes"] = {"accuracy": 0.3, "loss": 2.0}
    content["after"] = {"fashion-mnist": {"accuracy": 0.7, "loss": 1.1}}
    content["after"]["shapes"] = {"accuracy": 0.9, "loss": 0.2}
    (own.path / "result.json").write_text(json.dumps(content))
    pages = (("train", {"run": "shapes-1"}), ("models", {"model": "shapes-1", "tab": "Training"}))
    for page, link in pages:
        shown = table(show(page, **link), "Before").set_index("Test set")
        assert shown.loc["fashion-mnist", "Before"] == pytest.approx(75)
        assert shown.loc["fashion-mnist", "Change"] == pytest.approx(-5)
        assert shown.loc["shapes", "After"] == pytest.approx(90)


# Models


def test_the_table_names_each_data_set_and_shows_one_alone(own):
    app = show("models")
    shown = table(app, "state").set_index("name")
    assert shown.loc["shapes-1", "data"] == "shapes"
    assert shown.loc["everyday", "data"] == "fashion-mnist"
    app = choose(app, "Data set", "shapes")
    assert table(app, "state")["name"].tolist() == ["shapes-1"]
    assert table(show("models", data="shapes"), "state")["name"].tolist() == ["shapes-1"]
    assert tells(text_of(show("models", data="gone").warning), "`gone`", "all data sets")


def test_without_own_data_sets_the_table_has_no_such_column(tiny):
    assert "data" not in table(show("models"), "state")


def test_a_colour_network_is_shown_from_its_image_to_its_kernels(own):
    app = show("models", model="shapes-1", tab="Architecture")
    assert "48 × 48 × 3" in "".join(element.proto.body for element in app.get("html"))
    app = show("models", model="shapes-1", tab="Kernels and maps", test_image=5)
    assert not app.error
    assert "red, green and blue" in words(app)
    assert sent(app, "steps")["windows"]["names"] == ["red", "green", "blue"]


def test_a_family_is_drawn_and_a_click_chooses_a_relative(own):
    child_of(own, "shapes-2", pretrained="shapes-1")
    child_of(own, "shapes-3", pretrained="shapes-2", teachers=["gone"])
    drawn = sent(show("models", model="shapes-1", tab="Training"), "models.family")
    assert [each["name"] for each in drawn["members"]] == ["shapes-1", "shapes-2", "shapes-3"]
    assert [each["generation"] for each in drawn["members"]] == [0, 1, 2]
    drawn = sent(show("models", model="shapes-3", tab="Training"), "models.family")
    assert {(each["name"], each["gone"]) for each in drawn["members"]} == {
        *(("gone", True), ("shapes-1", False), ("shapes-2", False), ("shapes-3", False))
    }


def test_a_family_that_names_itself_ends(own):
    child_of(own, "shapes-2", pretrained="shapes-3")
    child_of(own, "shapes-3", pretrained="shapes-2")
    found = family.relations(Run(own.path.with_name("shapes-2")))
    assert {(each.parent, each.child) for each in found} == {
        ("shapes-3", "shapes-2"),
        ("shapes-2", "shapes-3"),
    }
    assert set(in_generations("shapes-2", found)) == {"shapes-2", "shapes-3"}


def test_a_parent_stands_beside_its_child():
    relations = [
        *(Relation("a", "b", "teacher"), Relation("b", "c", "teacher")),
        Relation("late", "c", "ensemble member"),
    ]
    assert in_generations("c", relations) == {"a": 0, "b": 1, "late": 1, "c": 2}


# Many classes


def test_of_many_classes_the_most_probable_are_shown_and_the_true_one():
    probabilities = np.arange(100, dtype=np.float32) / 4950
    order, shown = _order(probabilities, true=3)
    assert order[:3] == [99, 98, 97]
    assert 3 in order[:shown]
    assert shown < 15
    assert sorted(order) == list(range(100))


# A data set that is gone


@pytest.fixture
def orphan(own) -> Run:
    """A run whose data set was removed."""
    library.remove("shapes")
    return own


@pytest.mark.parametrize("view", [view for view in VIEWS if view != "Compare"])
def test_without_its_data_set_a_run_gets_one_sentence_on_the_mistakes_page(orphan, view):
    app = show("mistakes", model="shapes-1", view=view)
    (error,) = app.error
    assert tells(error.value, "shapes", "Models", "Try it")
    assert f"{orphan.figures['test_accuracy']:.2%}" in words(app)


def test_without_its_data_set_a_run_predicts_and_shows_its_network(orphan):
    app = show("", model="shapes-1")
    assert len({error.value for error in app.error}) == 1
    app = show("models", model="shapes-1", tab="Kernels and maps")
    assert "red, green and blue" in words(app)
    assert len(app.error) == 1
    assert metric(app, "Test accuracy") == f"{orphan.figures['test_accuracy']:.2%}"


def test_without_its_data_set_a_run_is_not_trained_again_without_a_word(orphan):
    app = press(show("train", run="shapes-1"), "Start")
    assert "shapes" in text_of(app.error)
    with pytest.raises(RunError):
        launcher.start(orphan.recipe)
