"""The Train page's own network, layer by layer, without a browser: its text stands for the editor."""

import pytest

from fmnist.networks.presets import PRESETS
from fmnist.recipes import registry
from fmnist.runs import creation, listing
from fmnist.runs.writer import RunWriter

from .test_train_page import linked
from .visiting import button, choose, field, fill_in, press, show, words

OWN = registry.OWN_LAYERS


def source(app) -> str:
    """The Keras source and the command that the page shows."""
    return "\n".join(code.value for code in app.code)


def test_the_first_network_is_one_that_works_and_its_source_is_shown(home):
    app = choose(show("train"), "Recipe", "own-layers")
    assert field(app, "Layers").value == ", ".join(OWN.layers)
    assert 'layers.Conv2D(16, 3, padding="same", use_bias=False)' in source(app)
    assert not button(app, "Start").disabled
    assert "The recipe's own settings" in words(app)


def test_other_recipes_have_no_layers_to_choose(home):
    app = linked(recipe="tiny")
    assert "Layers" not in {box.label for box in app.text_input}


def test_start_trains_the_layers_that_are_shown_and_the_run_fills_the_form_again(home):
    app = fill_in(linked(recipe="own-layers"), "Layers", "conv 8, pool, flatten, dense 16").run()
    app = press(fill_in(app, "Epochs", 1), "Start")
    (run,) = listing.list_own_runs()
    texts = ("conv 8 3 same relu", "pool 2", "flatten", "dense 16 relu")
    assert run.recipe == OWN.changed(layers=texts, epochs=1)
    again = linked(run=run.name)
    assert field(again, "Layers").value == ", ".join(texts)
    assert "layers.Dense(16" in source(again)
    assert field(press(again, "Reset to the recipe"), "Layers").value == ", ".join(OWN.layers)


def test_a_recipes_network_can_be_changed_layer_by_layer_and_is_trained_as_before(home):
    app = linked(recipe="two-conv")
    app.session_state["train.details"] = True
    app = press(fill_in(app.run(), "Seed", 7), "Change its layers")
    assert field(app, "Recipe").value == "own-layers"
    assert field(app, "Layers").value == ", ".join(PRESETS["two-conv"])
    two_conv = registry.find("two-conv")
    assert (field(app, "Epochs").value, field(app, "Seed").value) == (two_conv.epochs, 7)
    assert not button(app, "Start").disabled


@pytest.mark.parametrize("layers", ["conv 8, dense 16", "conv 9999, flatten", "cnv 8, flatten", ""])
def test_what_cannot_be_built_cannot_be_started(home, layers):
    app = fill_in(linked(recipe="own-layers"), "Layers", layers).run()
    assert button(app, "Start").disabled
    assert not button(fill_in(app, "Layers", "flatten").run(), "Start").disabled


def test_the_address_has_the_layers_and_a_link_brings_them(home):
    app = fill_in(linked(recipe="own-layers"), "Layers", "conv 8, flatten").run()
    assert app.query_params["layers"] == "conv 8 3 same relu,flatten"
    app = linked(recipe="own-layers", layers="pool 4,flatten")
    assert "layers.MaxPooling2D(4)" in source(app)
    assert "layers" not in choose(app, "Recipe", "tiny").query_params


def test_a_runs_settings_count_more_than_layers_of_the_visit_before(home):
    run = creation.create(OWN.changed(layers=["flatten"]))
    RunWriter(run).update_status(state="failed")
    app = linked(recipe="own-layers", layers="pool 4,flatten")
    assert "layers.MaxPooling2D(4)" in source(app)
    app = press(app, "Use these settings again")
    assert field(app, "Layers").value == "flatten"
