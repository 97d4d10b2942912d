"""The Train page's form: its fields, what fills it, what does not, and what a run was trained with."""

import shutil

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fmnist.augmentation.augment import AUGMENTATIONS
from fmnist.data import library
from fmnist.data.dataset import Form
from fmnist.jobs import launcher
from fmnist.recipes import registry, settings
from fmnist.recipes.fields import settings_of
from fmnist.recipes.hyperparameters import NETWORK
from fmnist.recipes.recipe import Recipe
from fmnist.runs import creation, fit, listing
from fmnist.runs.run import Run
from fmnist.runs.writer import RunWriter

from ..conftest import in_one_sentence, tells
from .test_train_page import TINY, linked
from .visiting import (
    address,
    button,
    buttons,
    choose,
    field,
    fill_in,
    press,
    show,
    still_well,
    text_of,
    words,
)


def form(app: AppTest) -> dict:
    """What the form holds, that of its folded part too, but not what changes a run beside it."""
    boxes = [box for box in app.selectbox if box.label not in ("Run", "Precision")]
    fields = [*app.number_input, *boxes, *app.multiselect]
    return {field.label: field.value for field in fields if "train.change." not in field.key}


@pytest.fixture
def two_runs(home) -> tuple[Run, Run]:
    """Two that were trained with other settings than their recipes have; the second is newer."""
    ffnn = registry.find("ffnn").changed(epochs=2, seed=4)
    flipped = TINY.changed(epochs=40, learning_rate=100, augmentation=["flip"], mix="cutmix")
    pair = creation.create(ffnn), creation.create(flipped)
    for run in pair:
        RunWriter(run).update_status(
            state="failed", error="The loss became inf.", reason="diverged"
        )
    return pair


OLDER = {"Recipe": "ffnn", "Epochs": 2, "Seed": 4, "Optimizer": "sgd", "Augmentation": []}
NEWER = {"Recipe": "tiny", "Epochs": 40, "Learning rate": 100, "Augmentation": ["flip"]}
NEWER |= {"Mix": "cutmix", "Batch size": 64, "Pretrained weights": None, "Teachers": []}


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ({}, NEWER),
        ({"run": "ffnn-1"}, OLDER),
        ({"run": "tiny-1", "recipe": "tiny"}, {"Epochs": 3, "Learning rate": 0.003}),
        ({"run": "ffnn-1", "seed": "5"}, OLDER | {"Seed": 5}),
        ({"run": "tiny-1", "recipe": "ffnn"}, OLDER | {"Epochs": 50, "Seed": 0}),
        ({"recipe": "ffnn"}, OLDER | {"Epochs": 50, "Seed": 0}),
    ],
)
def test_a_link_to_a_run_fills_the_form_and_one_to_another_recipe_counts_more(
    two_runs, link, expected
):
    app = linked(**link)
    assert expected.items() <= form(app).items()
    same = expected in (OLDER, NEWER)
    assert (f"The settings of **{app.selectbox(key='run').value}**" in words(app)) == same


def test_a_run_chosen_in_the_box_fills_the_form_and_own_changes_are_one_click_away(two_runs):
    app = fill_in(linked(run="tiny-1"), "Learning rate", 0.01).run()
    assert "Your settings" in words(app)
    app = choose(app, "Run", "ffnn-1")
    assert OLDER.items() <= form(app).items()
    app = choose(app, "Run", "tiny-1")
    assert NEWER.items() <= form(app).items()
    app = press(app, "Back to my changes")
    assert form(app)["Learning rate"] == 0.01
    assert NEWER.items() <= form(press(app, "Use these settings again")).items()


def test_own_changes_outlast_another_page_a_new_run_of_somebody_elses_and_a_deleted_one(two_runs):
    app = fill_in(linked(run="ffnn-1"), "Learning rate", 0.05).run()
    mine = form(app)
    app.switch_page("data/page.py").run()
    app = still_well(app.switch_page("train/page.py").run())
    assert (form(app), app.selectbox(key="run").value) == (mine, "ffnn-1")
    creation.create(registry.find("sprint"))
    assert form(still_well(app.run())) == mine
    shutil.rmtree(two_runs[0].path)
    assert form(still_well(app.run())) == mine
    assert form(still_well(app.run())) == mine


def test_the_recipes_own_settings_are_one_click_away(two_runs):
    app = press(linked(run="tiny-1"), "Reset to the recipe")
    assert (form(app)["Epochs"], form(app)["Augmentation"]) == (3, [])
    assert "The recipe's own settings" in words(app)


def test_what_a_run_was_trained_with_can_be_read_first_what_differs_from_its_recipe(two_runs):
    app = linked(run="tiny-1")
    (line,) = (caption.value for caption in app.caption if "epochs **40**" in caption.value)
    assert "Recipe `tiny`" in line
    assert "learning rate **100** (recipe: 0.003)" in line
    assert "augmentation **flip** (recipe: none)" in line
    assert line.index("seed 0") > line.index("flip")
    (table,) = app.table
    assert table.value.iloc[:, 0]["Optimizer"] == "adam"


def test_a_run_that_no_recipe_here_makes_fills_the_form_with_all_it_has(home):
    strange = Recipe(name="own", architecture="tiny", label_smoothing=0.2, epochs=1)
    RunWriter(creation.create(strange)).update_status(state="failed")
    press(show("train"), "Start")
    assert Run(home / "own-2").recipe == strange


@pytest.mark.usefixtures("measured")
def test_only_who_touches_the_form_makes_a_worker_load_what_it_needs(monkeypatch):
    monkeypatch.setenv("FMNIST_WARM", "1")
    app = linked(recipe="tiny")
    assert launcher._warm is None
    fill_in(app, "Epochs", 1).run()
    worker, launcher._warm = launcher._warm, None
    with worker:
        worker.kill()


def test_a_diverged_run_offers_a_lower_learning_rate_and_no_resume(two_runs, home):
    app = linked(run="tiny-1")
    assert "Resume" not in buttons(app)
    app = press(app, "Start again with learning rate 0.003")
    again = Run(home / "tiny-2")
    assert again.recipe == two_runs[1].recipe.changed(learning_rate=0.003)
    assert app.selectbox(key="run").value == "tiny-2"
    assert form(app)["Learning rate"] == 0.003


def test_on_another_data_set_a_recipe_has_the_values_that_suit_it_and_keeps_what_was_changed(home):
    images, labels = np.zeros((100, 28, 28), np.uint8), np.arange(100, dtype=np.uint8) % 2
    images[labels == 1, 4:20, 5:9] = 255
    splits = {"train": (images, labels), "test": (images, labels)}
    library.add("sticks", ("none", "one"), Form(28), splits)
    app = linked(recipe="sprint", data="sticks")
    suited = fit.suited(registry.find("sprint"), library.find("sticks"))
    assert form(app)["Epochs"] == suited.epochs > registry.find("sprint").epochs
    assert "The recipe's own settings" in words(app)
    fill_in(app, "Learning rate", 0.05)
    choose(app, "Data set", "fashion-mnist")
    assert form(app)["Epochs"] == registry.find("sprint").epochs
    assert form(app)["Learning rate"] == 0.05


# Its fields


def test_the_form_has_a_field_for_each_setting_with_the_recipes_own_value(tiny):
    app = linked(recipe="tiny")
    kinds = (app.number_input, app.selectbox, app.multiselect, app.checkbox, app.text_input)
    shown = {widget.label: widget.value or None for widgets in kinds for widget in widgets}
    for name, setting in settings_of(Recipe).items():
        if setting.group == NETWORK:  # of the recipe own-layers: see test_layers.py
            continue
        assert shown[setting.label] == (getattr(TINY, name) or None), name
    assert field(app, "Augmentation").options == list(AUGMENTATIONS)


def test_settings_outlast_a_look_at_another_recipe(tiny):
    app = fill_in(choose(show("train"), "Recipe", "tiny"), "Epochs", 7).run()
    field(app, "Augmentation").select("flip").run()
    choose(app, "Recipe", "sprint")
    app = choose(app, "Recipe", "tiny")
    assert {field.label: field.value for field in app.number_input}["Epochs"] == 7
    assert field(app, "Augmentation").value == ["flip"]


def test_the_training_images_follow_the_settings():
    def shown() -> list[str]:
        return [image.url for images in app.get("image") for image in images.proto.imgs]

    app = linked(recipe="tiny")
    assert not app.get("image")  # they are made when they are looked at
    app.session_state["train.preview"] = True
    app = still_well(app.run())
    assert "the same images" in words(app)
    (plain,) = shown()
    app = still_well(field(app, "Augmentation").select("flip").run())
    assert "two epochs" in words(app)
    assert shown()[0] == plain
    flipped = shown()[1]
    choose(app, "Mix", "fmix")
    assert shown()[0] == plain
    assert shown()[1] not in (plain, flipped)


@pytest.mark.parametrize(
    ("label", "value"),
    [
        ("Learning rate", 0.0),
        ("Epochs", 10_001),
        ("Seed", -1),
        ("Validation split", 0.95),
    ],
)
def test_a_value_that_cannot_be_is_said_at_once_and_start_waits_for_another(label, value):
    app = fill_in(linked(recipe="tiny"), label, value).run()
    (error,) = app.error
    assert f"{label} must be" in error.value
    assert str(value).rstrip("0").rstrip(".") in error.value.replace(",", "")
    assert in_one_sentence(error.value)
    assert button(app, "Start").disabled
    app = fill_in(app, label, {"Validation split": 0.5}.get(label, 1)).run()
    assert not app.error
    assert not button(app, "Start").disabled


def test_a_recipe_that_needs_validation_images_says_so_when_the_share_is_taken_away():
    app = fill_in(linked(recipe="augmented-cnn"), "Validation split", 0.0).run()
    assert "needs a validation split above 0" in text_of(app.error)
    assert button(app, "Start").disabled


def test_a_batch_larger_than_all_images_and_a_share_of_no_image_are_explained():
    app = fill_in(linked(recipe="tiny"), "Batch size", 5_000).run()
    assert "larger than the 4,800 training images" in words(app)
    app = fill_in(fill_in(app, "Batch size", 64), "Validation split", 0.0001).run()
    assert "no validation accuracy" in words(app)
    assert not button(app, "Start").disabled


def test_start_says_how_long_it_takes_here_or_whose_time_that_is(measured):
    app = linked(recipe="sprint")
    assert "on this machine" in words(app)
    before = estimate_in(app)
    app = fill_in(app, "Epochs", 10).run()
    assert estimate_in(app) != before
    field(app, "Augmentation").select("affine").run()
    assert "on this machine" in words(app)


def test_without_a_measurement_the_time_is_said_to_be_of_another_processor(home):
    app = linked(recipe="sprint")
    assert "on another processor" in words(app)
    field(app, "Augmentation").select("affine").run()
    assert "processor" not in estimate_in(app)  # augmentation takes time that was not measured


def estimate_in(app: AppTest) -> str:
    """What is beside Start."""
    return next((each.value for each in app.caption if each.value.startswith("about ")), "")


# Links


LINK = {
    "recipe": "ffnn",
    "epochs": "20",
    "learning_rate": "0.1",
    "seed": "3",
    "augmentation": "flip,shift",
    "mix": "cutmix",
    "restore_best_weights": "false",
    "training_images": "6000",
    "resplit_epochs": "3,2",
    "teachers": "quality,compact",
}


def test_a_link_has_each_setting_that_differs_from_the_recipe_and_opens_the_same_form(home):
    app = linked(**LINK)
    assert address(app) == LINK
    press(app, "Start")
    (run,) = listing.list_own_runs()
    texts = [f"{name}={text}" for name, text in LINK.items() if name != "recipe"]
    assert run.recipe == registry.find("ffnn").changed(**settings.parse(texts))


def test_the_address_follows_what_a_visitor_changes_and_keeps_nothing_of_another_recipe(home):
    def shown() -> dict[str, str]:  # the recipe's name is written by the browser
        return {name: value for name, value in address(app).items() if name != "recipe"}

    app = fill_in(linked(recipe="ffnn", epochs="20"), "Seed", 7).run()
    assert shown() == {"epochs": "20", "seed": "7"}
    app = fill_in(fill_in(app, "Seed", 0), "Epochs", 30).run()
    assert shown() == {"epochs": "30"}
    app = choose(app, "Recipe", "tiny")
    assert shown() == {}
    app = choose(app, "Recipe", "ffnn")
    assert shown() == {"epochs": "30"}
    app = press(app, "Reset to the recipe")
    assert shown() == {}


def test_a_run_that_others_lack_is_in_the_address_with_all_that_makes_up_its_recipe(two_runs):
    sent = address(linked(run="tiny-1")) | {"run": "nobodys", "recipe": "tiny"}
    shutil.rmtree(two_runs[1].path)
    app = linked(**sent)
    assert NEWER.items() <= form(app).items()
    assert "nobodys" in text_of(app.warning)


@pytest.mark.parametrize(
    ("name", "text", "facts"),
    [
        ("epochs", "soon", ["Epochs must be", "from 1 to 10,000", "soon"]),
        ("epochs", "1e999", ["Epochs must be", "1e999"]),
        ("learning_rate", "nan", ["Learning rate must be", "nan"]),
        ("seed", "9" * 30, ["Seed must be"]),
        ("optimizer", "magic", ["Optimizer must be one of adam", "magic"]),
        ("restore_best_weights", "perhaps", ["true or false", "perhaps"]),
        ("augmentation", "flip,fog", ["Augmentation must be any of", "fog"]),
        ("layers", "flatten", ["tiny", "layers"]),
        ("warmup", "3", ["warmup"]),
    ],
)
def test_what_a_link_cannot_say_is_one_sentence_and_the_rest_of_it_applies(name, text, facts):
    app = linked(recipe="tiny", batch_size="32", **{name: text})
    (warning,) = app.warning
    assert tells(warning.value, *facts)
    assert form(app)["Batch size"] == 32
    assert form(app)["Epochs"] == 3
    assert not button(app, "Start").disabled


def test_a_links_value_beyond_its_bounds_waits_in_the_form_for_another_one():
    app = linked(recipe="tiny", epochs="0")
    assert tells(text_of(app.error), "Epochs must be", "0")
    assert button(app, "Start").disabled
    assert not button(fill_in(app, "Epochs", 2).run(), "Start").disabled


def test_a_link_to_a_recipe_that_does_not_exist_names_the_closest_ones():
    assert tells(text_of(linked(recipe="sprnt").warning), "sprnt", "sprint")
