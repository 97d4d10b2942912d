"""The settings of a training, beside those of its recipe."""

import pytest

from fmnist.recipes import registry, settings

TINY = registry.find("tiny")


def test_what_differs_from_the_recipe_is_named_with_both_values():
    run = TINY.changed(epochs=40, augmentation=["flip"])
    assert settings.differences(run) == {"Epochs": ("40", "3"), "Augmentation": ("flip", "none")}
    assert settings.differences(TINY) == {}


@pytest.mark.parametrize(
    ("recipe", "rate", "lower"),
    [
        ("tiny", 100, 0.003),  # the recipe's own
        ("tiny", 0.02, 0.002),  # a tenth, if that is less
        ("tiny", 0.003, 0.0003),
        ("sprint", 5, 0.2),
    ],
)
def test_after_a_training_that_diverged_a_tenth_or_the_recipes_own_rate_is_offered(
    recipe, rate, lower
):
    chosen = registry.find(recipe).changed(learning_rate=rate)
    assert settings.lower_rate(chosen) == pytest.approx(lower)


def test_with_another_optimizer_than_the_recipes_its_usual_rate_counts():
    assert settings.lower_rate(TINY.changed(optimizer="sgd", learning_rate=50)) == 0.01
