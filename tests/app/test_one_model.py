"""The chosen model on the Models page, without a browser: architecture, training, kernels and maps."""

import json

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from fmnist.networks import flops
from fmnist.recipes import registry
from fmnist.recipes.settings import in_words
from fmnist.runs import learning_curve, listing

from ..conftest import in_one_sentence
from .test_models_page import charts, show
from .visiting import (
    choose,
    metric,
    table,
    text_of,
    words,
)


def facts(app: AppTest) -> pd.Series:
    """How the model was trained, by what each row is called."""
    (shown,) = app.table
    return shown.value.iloc[:, 0]


def html(app: AppTest) -> str:
    """What the page draws by itself."""
    return "\n".join(element.proto.body for element in app.get("html"))


def test_a_link_shows_the_model_that_it_names():
    app = show(model="two-conv")
    assert metric(app, "Parameters") == "83,466"
    layers = listing.find("two-conv").result["layers"]
    assert metric(app, "MFLOP") == f"{flops.megaflops(layers):.2f}"
    assert "Two convolutions" in words(app)


def test_the_architecture_is_drawn_listed_and_given_as_source_to_copy():
    app = show(model="quality")
    drawing = html(app)
    assert drawing.count("<li ") == 1 + len(listing.find("quality").result["layers"])
    assert "124,416" not in drawing
    assert "147,456 parameters" in drawing
    assert table(app, "Parameters")["Parameters"].sum() == 396_586
    assert "def quality" in text_of(app.code)
    assert "def _convolutions" in text_of(app.code)


def test_how_a_model_was_trained_is_a_table():
    app = show(model="mlp-256", tab="Training")
    shown = "\n".join(f"{name} {value}" for name, value in facts(app).items())
    run = listing.find("mlp-256")
    assert "Epochs 30" in shown
    assert "Restore best weights on" in shown
    assert f"keras {run.description['versions']['keras']}" in shown
    assert run.description["machine"]["processor"] in shown
    assert "Seed 0" in shown
    assert run.recipe.source in words(app)
    assert f"{100 * learning_curve.GOOD:g} points" in words(app)
    assert charts(app) == 2


def test_teachers_and_ensemble_member_are_among_the_settings():
    shown = in_words(registry.find("student"))
    assert shown["Teachers"] == "marathon, quality"
    assert shown["Distillation weight"].startswith("0.7")
    assert shown["Quantization"] == "on"
    mixed = registry.find("ensemble").changed(ensemble_weight=0.35)
    assert in_words(mixed)["Ensemble member"] == "compact"
    assert in_words(mixed)["Ensemble weight"].startswith("0.35")


def test_a_stopped_training_says_how_far_it_came(tiny):
    content = json.loads((tiny.path / "result.json").read_text())
    (tiny.path / "result.json").write_text(json.dumps(content | {"stopped": True}))
    shown = facts(show(model="tiny-1", tab="Training"))
    assert shown["Epochs"] == "3 of 3, then stopped"


def test_a_training_that_nothing_could_validate_says_so(tiny):
    recipe = {"pretrained": "sprint", "calibrate": True}
    content = json.loads((tiny.path / "run.json").read_text())
    content["recipe"] |= recipe
    (tiny.path / "run.json").write_text(json.dumps(content))
    (tiny.path / "metrics.jsonl").unlink()
    result = {key: value for key, value in tiny.result.items() if "validation" not in key}
    (tiny.path / "result.json").write_text(json.dumps(result))
    shown = facts(show(model="tiny-1", tab="Training"))
    assert shown["Pretrained weights"] == "sprint"
    assert shown["Validation split"].startswith("none")
    assert shown["Calibration"].startswith("no")


def test_a_model_that_another_one_has_a_say_in_tells_whose_its_parameters_are():
    app = show(model="ensemble")
    own, others = (
        sum(layer["parameters"] for layer in listing.find(name).result["layers"])
        for name in ("ensemble", "compact")
    )
    assert f"{own:,} of its parameters are its own; {others:,} are those of `compact`" in words(app)


def test_a_student_is_shown_beside_its_teachers():
    app = show(model="student", tab="Training")
    members = table(app, "role")
    single = members[members["role"] != "target"]
    assert single["name"].tolist() == ["marathon", "quality", "student"]
    assert single["role"].tolist() == ["teacher", "teacher", "student"]
    measured = [100 * listing.find(name).result["test_accuracy"] for name in single["name"]]
    assert single["test_accuracy"].tolist() == pytest.approx(measured)


def test_what_teachers_say_together_is_measured_and_costs_as_much_as_all_of_them():
    members = table(show(model="student", tab="Training"), "role").set_index("role")
    mean, teachers = members.loc["target"], members.loc["teacher"]
    assert mean["name"] == "their mean prediction"
    assert mean["test_loss"] < teachers["test_loss"].min()
    assert mean["megaflops"] == pytest.approx(teachers["megaflops"].sum())
    assert mean["seconds"] == pytest.approx(teachers["seconds"].sum())


def test_the_re_splits_of_a_run_are_told_one_by_one():
    app = show(model="dropout-cnn", tab="Training")
    assert "new network is trained" in words(app)
    splits = table(app, "kept")
    assert splits["epochs"].tolist() == [50, 10, 10, 10]
    assert splits["kept"].sum() == 1


def test_a_run_without_re_splits_has_no_table_of_them():
    assert len(show(model="mlp-256", tab="Training").dataframe) == 1


def test_each_convolution_shows_its_kernels():
    app = show(model="dropout-cnn", tab="Kernels and maps")
    assert "Test image 2: labelled **Trouser**" in words(app)
    assert "32 kernels of 3 x 3." in words(app)
    choose(app, "Convolution, of 2", "2")
    assert "64 kernels of 3 x 3 and 32 input channels" in words(app)
    assert html(app).count('role="img"') == 64


def test_a_link_to_a_test_image_that_there_is_not_is_one_sentence():
    app = show(model="two-conv", tab="Kernels and maps", test_image="10000")
    assert "no test image 10000; expected a number from 0 to 9999" in text_of(app.error)
    assert in_one_sentence(text_of(app.error))


def test_a_link_to_what_is_no_number_shows_the_usual_image():
    app = show(model="two-conv", tab="Kernels and maps", test_image="inf")
    assert "Test image 2: labelled **Trouser**" in words(app)


def test_the_test_image_is_in_the_link():
    app = show(model="two-conv", tab="Kernels and maps", test_image="0")
    assert "Test image 0: labelled **Ankle boot**" in words(app)


def test_a_model_without_convolutions_says_so():
    assert "no convolution" in text_of(show(model="mlp-256", tab="Kernels and maps").info)


def test_damaged_weights_are_told_in_a_sentence(tiny):
    (tiny.path / "model.keras").write_bytes(b"nothing")
    app = show(model="tiny-1", tab="Kernels and maps")
    assert [in_one_sentence(error.value) for error in app.error] == [True]
