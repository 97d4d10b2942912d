"""The recipes: what can be trained, and what is said of what cannot."""

import dataclasses

import pytest

from fmnist.machine import folders
from fmnist.networks.architectures import ARCHITECTURES
from fmnist.networks.builder_file import FileNetwork
from fmnist.recipes import registry, settings
from fmnist.recipes.fields import RecipeError
from fmnist.recipes.recipe import COMPOSED, Recipe
from fmnist.recipes.registry import RECIPES
from fmnist.runs.run import Run

from ..conftest import in_one_sentence


def refusal(**settings) -> str:
    """What is said of the recipe `tiny` with settings that cannot be."""
    with pytest.raises(RecipeError) as error:
        registry.find("tiny").changed(**settings)
    assert in_one_sentence(str(error.value))
    return str(error.value)


@pytest.mark.parametrize("name", RECIPES)
def test_each_recipe_says_what_it_is_and_where_it_comes_from(name):
    recipe = RECIPES[name]
    assert recipe.name == name
    assert recipe.summary.endswith(".")
    assert recipe.source.endswith(".")
    assert recipe.architecture in (*ARCHITECTURES, COMPOSED)


def test_the_reported_figures_are_fractions_and_only_our_own_recipes_have_none():
    assert all(recipe.reported_accuracy is None for recipe in registry.OWN)
    assert all(0.79 < recipe.reported_accuracy < 1 for recipe in registry.PUBLISHED)


@pytest.mark.parametrize("recipe", registry.PUBLISHED, ids=lambda recipe: recipe.name)
def test_each_reported_figure_has_the_link_of_its_source_or_says_why_not(recipe):
    assert (recipe.link is None) != (recipe.no_link is None)
    assert recipe.link is None or recipe.link.startswith("https://")
    assert (recipe.link or recipe.no_link) in recipe.origin


@pytest.mark.parametrize(
    "recipe", [*registry.OWN, *registry.PUBLISHED], ids=lambda recipe: recipe.name
)
def test_each_recipe_of_ours_and_each_published_one_ships_trained(recipe):
    shipped = Run(folders.SHIPPED / recipe.name)
    assert shipped.usable
    assert shipped.recipe.changed(summary=recipe.summary, source=recipe.source) == recipe


def test_a_figure_after_fewer_epochs_is_compared_with_a_training_of_as_many_alone():
    recipe = registry.find("augmented-cnn")
    assert recipe.reported_accuracy == 0.8
    assert recipe.comparable_accuracy is None
    assert recipe.changed(epochs=3).comparable_accuracy == 0.8
    assert registry.find("two-conv").comparable_accuracy == 0.91


def test_all_ten_published_recipes_are_there():
    assert len(registry.PUBLISHED) == 10
    assert set(RECIPES.values()) == {
        *registry.OWN,
        *registry.PUBLISHED,
        registry.OWN_LAYERS,
        registry.DASH,
        registry.TINY,
    }
    assert registry.DEFAULT in RECIPES


def test_a_name_that_does_not_exist_brings_up_the_near_ones():
    with pytest.raises(RecipeError, match=r"'mlp-265'.*mlp-256"):
        registry.find("mlp-265")


def test_a_name_like_no_other_brings_up_all():
    with pytest.raises(RecipeError) as error:
        registry.find("zzz")
    assert all(name in str(error.value) for name in RECIPES)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("epochs", 0),
        ("epochs", -1),
        ("epochs", 10_001),
        ("epochs", 1.5),
        ("batch_size", 0),
        ("batch_size", 65_537),
        ("learning_rate", 0.0),
        ("learning_rate", -0.1),
        ("learning_rate", float("nan")),
        ("learning_rate", float("inf")),
        ("validation_split", -0.1),
        ("validation_split", 0.95),
        ("validation_split", float("nan")),
        ("validation_split", float("inf")),
        ("ensemble_weight", 0.0),
        ("ensemble_weight", 1.0),
        ("distillation_weight", 0.0),
        ("distillation_weight", 1.5),
        ("seed", -1),
        ("seed", 2**31),
        ("training_images", 99),
    ],
)
def test_a_setting_that_cannot_be_is_refused_in_one_sentence(setting, value):
    sentence = refusal(**{setting: value})
    assert str(value) in sentence
    assert settings.label(setting) in sentence


def test_a_word_that_is_no_choice_brings_up_the_choices():
    assert "adam, rmsprop, sgd, nesterov" in refusal(optimizer="adamw")
    assert "flip, flip-vertical, shift" in refusal(augmentation=["flip", "blur"])
    assert "mlp-256" in refusal(architecture="mlp")


def test_the_largest_learning_rate_may_be_tried():
    assert registry.find("tiny").changed(learning_rate=1e9).learning_rate == 1e9


def test_settings_that_are_left_out_stay_as_the_recipe_has_them():
    changed = registry.find("tiny").changed(seed=7)
    assert changed == dataclasses.replace(RECIPES["tiny"], seed=7)


def test_no_augmentation_and_seed_0_are_settings_too():
    recipe = registry.find("tiny").changed(augmentation=["flip"], seed=5)
    assert recipe.changed(augmentation=[], seed=0) == RECIPES["tiny"]


def test_whoever_asks_for_3_epochs_gets_3_with_no_further_trainings():
    assert registry.find("dropout-cnn").splits == (50, 10, 10, 10)
    assert registry.find("dropout-cnn").changed(epochs=3).splits == (3,)
    assert registry.find("dropout-cnn").changed(epochs=50).splits == (50, 10, 10, 10)


def test_where_no_split_can_tell_which_training_was_best_there_is_one():
    for setting in ({"validation_split": 0.0}, {"teachers": ("marathon",)}):
        assert registry.find("dropout-cnn").changed(**setting).splits == (50,)


def test_what_starts_with_trained_weights_has_no_further_trainings():
    further = registry.find("dropout-cnn").changed(pretrained="dropout-cnn")
    assert further.splits == (50,)
    with pytest.raises(RecipeError, match="re-splits"):
        further.changed(resplit_epochs=(10,))


@pytest.mark.parametrize("other", [{"pretrained": "mlp-256"}, {"teachers": ("mlp-256",)}])
def test_what_learned_from_another_run_is_not_held_against_a_published_figure(other):
    recipe = registry.find("mlp-256")
    assert recipe.comparable_accuracy == 0.88
    assert recipe.changed(**other).comparable_accuracy is None


def test_other_runs_are_known_by_their_names():
    for odd in ({"pretrained": {"a": 1}}, {"teachers": [["x"]]}, {"ensemble_member": 7}):
        assert "of a run" in refusal(**odd) or "of runs" in refusal(**odd)


def test_without_validation_pictures_the_last_weights_are_kept():
    assert registry.find("mlp-256").restore_best_weights
    assert not registry.find("mlp-256").changed(validation_split=0.0).restore_best_weights
    assert "needs a validation split" in refusal(restore_best_weights=True, validation_split=1e-9)


def test_a_recipe_cannot_be_changed_in_place():
    with pytest.raises(dataclasses.FrozenInstanceError):
        registry.find("tiny").epochs = 9


def test_layers_are_kept_with_all_their_options_however_they_were_written():
    recipe = registry.OWN_LAYERS.changed(layers=["conv 8", "Pool", "flatten"])
    assert recipe.layers == ("conv 8 3 same relu", "pool 2", "flatten")
    assert recipe == registry.OWN_LAYERS.changed(layers=["conv  8 relu", "pool 2", "flatten"])
    assert settings.parse(["layers=conv 8,pool"]) == {"layers": ("conv 8 3 same relu", "pool 2")}


@pytest.mark.parametrize(
    ("name", "layers", "expected"),
    [
        ("own-layers", ["cnv 8"], "did you mean conv?"),
        ("own-layers", ["conv 0"], "kernels must be a whole number from 1 to 512"),
        ("own-layers", [], "one layer at least"),
        ("own-layers", "conv 8", "layers such as conv 32 3 same relu"),
        ("own-layers", ["flatten"] * 101, "layers such as"),
        ("sprint", ["flatten"], "Only the recipe own-layers"),
    ],
)
def test_layers_that_are_not_possible_are_one_sentence(name, layers, expected):
    with pytest.raises(RecipeError) as error:
        registry.find(name).changed(layers=layers)
    assert expected in str(error.value)
    assert in_one_sentence(str(error.value))


def test_the_network_of_a_file_is_trained_as_a_recipe_and_has_no_reported_accuracy():
    network = FileNetwork("my net.py:build", "def build():\n    pass\n")
    recipe = registry.find("two-conv").of_file(network)
    assert (recipe.name, recipe.architecture) == ("my-net", "file")
    assert recipe.network == network
    assert recipe.reported_accuracy is None
    assert "two-conv" in recipe.origin
    assert recipe.epochs == registry.find("two-conv").epochs
    assert registry.OWN_LAYERS.of_file(network).layers == ()
    assert recipe.has_network_of(recipe.changed(epochs=1))
    assert not recipe.has_network_of(recipe.of_file(FileNetwork("my net.py:other", network.source)))


@pytest.mark.parametrize(
    "recipe",
    [
        registry.find("dropout-cnn").changed(augmentation=["flip", "shift"]),
        registry.OWN_LAYERS,
        registry.TINY.of_file(FileNetwork("my_net.py:build", "def build():\n    pass\n")),
    ],
    ids=lambda recipe: recipe.name,
)
def test_a_recipe_survives_being_written_as_json(recipe):
    as_json = {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in dataclasses.asdict(recipe).items()
    }
    assert Recipe.read(as_json) == recipe
