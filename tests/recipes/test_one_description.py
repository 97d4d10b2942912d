"""A setting is described in one place: its check, its option, its field in the form and its words follow."""

import argparse
import dataclasses
from typing import Annotated

import pytest
from streamlit.testing.v1 import AppTest

from fmnist.cli import arguments
from fmnist.recipes import settings
from fmnist.recipes.fields import Field, RecipeError, describe, settings_of
from fmnist.recipes.hyperparameters import OPTIMISATION, Hyperparameters
from fmnist.recipes.recipe import Recipe

from ..conftest import in_one_sentence


@dataclasses.dataclass(frozen=True, kw_only=True)
class Wider(Recipe):
    """Recipes with a setting that no other has."""

    clip_norm: Annotated[
        float | None, Field("Gradient clipping", "The longest step.", OPTIMISATION, "units", gt=0)
    ] = None


WIDER = Wider(name="wider", architecture="tiny")


def test_a_new_setting_is_checked():
    assert WIDER.changed(clip_norm=2).clip_norm == 2.0
    assert Wider.read({"name": "wider", "architecture": "tiny"}) == WIDER
    for value in (0, -1.0, float("nan"), True, "2"):
        with pytest.raises(
            RecipeError, match="Gradient clipping must be a number above 0, or none"
        ):
            WIDER.changed(clip_norm=value)


def test_a_new_setting_has_an_option_with_its_help():
    parser = argparse.ArgumentParser()
    arguments.add_settings(parser, settings_of(Wider))
    assert parser.parse_args(["--clip-norm", "2.5"]).settings == ("clip_norm=2.5",)
    assert "The longest step." in parser.format_help()


def test_a_new_setting_is_in_the_summary_unless_it_is_off():
    assert settings.in_words(WIDER.changed(clip_norm=2.5))["Gradient clipping"] == "2.5 units"
    assert "Gradient clipping" not in settings.in_words(WIDER)


def test_a_new_setting_has_a_field_in_the_form():
    def form():
        from fmnist.app.train import fields
        from fmnist.data.fashion_mnist import DATASET
        from tests.recipes.test_one_description import WIDER

        recipe = WIDER.changed(clip_norm=2.5)
        fields.fill(recipe)
        fields.show_more(recipe, DATASET)

    (field,) = (
        field
        for field in AppTest.from_function(form).run().number_input
        if field.label == "Gradient clipping"
    )
    assert (field.value, field.help) == (2.5, "The longest step.")


def test_each_field_is_described_and_each_hyperparameter_is_a_setting():
    for name, field in describe(Recipe).items():
        assert field.label, name
        assert "\n" not in field.help, name
    assert list(settings_of(Recipe)) == [
        field.name for field in dataclasses.fields(Hyperparameters)
    ]
    assert all(field.help for field in settings_of(Recipe).values())


def test_each_setting_can_be_set_by_its_name_or_its_option():
    train = ["train", "tiny"]
    for name, field in settings_of(Recipe).items():
        (one,) = arguments.parser().parse_args([*train, "--set", f"{name}=x"]).settings
        (other,) = arguments.parser().parse_args([*train, field.option, "x"]).settings
        assert one == other == f"{name}=x"


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("5", "epochs", 5),
        ("1e-3", "learning_rate", 0.001),
        ("true", "flip_tta", True),
        ("False", "flip_tta", False),
        ("none", "mix", None),
        ("fmix", "mix", "fmix"),
        ("none", "augmentation", ()),
        ("", "augmentation", ()),
        ("flip, shift", "augmentation", ("flip", "shift")),
        ("10,20", "resplit_epochs", (10, 20)),
    ],
)
def test_a_text_stands_for_a_value(text, field, value):
    assert settings.parse([f"{field}={text}"]) == {field: value}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("epochs", "FIELD=VALUE"),
        ("epoch=5", "did you mean epochs"),
        ("name=me", "no setting 'name'"),
        ("epochs=1.5", "a whole number from 1 to 10,000, not '1.5'"),
        ("flip_tta=maybe", "true or false"),
        ("optimizer=none", "one of adam, rmsprop"),
        ("augmentation=flip,blur", "any of flip, flip-vertical"),
        ("resplit_epochs=10,x", "whole numbers from 1 to 10,000"),
    ],
)
def test_what_cannot_be_set_is_one_sentence_with_what_was_expected(text, expected):
    with pytest.raises(RecipeError) as error:
        settings.parse([text])
    assert expected in str(error.value)
    assert in_one_sentence(str(error.value))
