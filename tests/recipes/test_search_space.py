"""What a sweep varies: values and ranges, read from texts."""

import pytest

from fmnist.recipes import registry, search_space
from fmnist.recipes.fields import RecipeError
from fmnist.recipes.search_space import Range, Values

TINY = registry.find("tiny")


def test_values_and_ranges_vary_and_a_single_value_changes_the_recipe() -> None:
    recipe, space = search_space.parse(
        TINY,
        {"learning_rate": "0.001..0.1", "batch_size": "64,128", "epochs": "3", "mix": "none,fmix"},
    )
    assert recipe.epochs == 3
    assert space == {
        "learning_rate": Range(0.001, 0.1),
        "batch_size": Values((64, 128)),
        "mix": Values((None, "fmix")),
    }


def test_settings_of_several_items_have_a_bar_between_their_values() -> None:
    _, space = search_space.parse(TINY, {"augmentation": "flip,erase|flip|none"})
    assert space == {"augmentation": Values((("flip", "erase"), ("flip",), ()))}


def test_a_space_is_read_from_its_own_texts() -> None:
    texts = {"learning_rate": "0.001..0.1", "batch_size": "32..256", "augmentation": "flip|none"}
    recipe, space = search_space.parse(TINY, texts)
    again = {name: search_space.as_text(name, each) for name, each in space.items()}
    assert again == texts
    assert search_space.parse(recipe, again) == (recipe, space)


def test_a_grid_has_all_combinations() -> None:
    _, space = search_space.parse(TINY, {"learning_rate": "0.01,0.1", "batch_size": "64,128,256"})
    assert search_space.size(space) == 6 == len(list(search_space.combinations(space)))
    assert next(search_space.combinations(space)) == {"learning_rate": 0.01, "batch_size": 64}


def test_all_trials_have_validation_images_and_learn_from_no_other_run() -> None:
    for recipe in registry.RECIPES.values():
        found = search_space.comparable(recipe)
        assert found.validation_split > 0
        assert found.independent
        assert not found.resplit_epochs


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        ({"learning_rat": "1,2"}, "did you mean learning_rate"),
        ({"learning_rate": "0.1,no"}, "above 0"),
        ({"learning_rate": "0.1..0.01"}, "low end"),
        ({"learning_rate": "..0.01"}, "above 0"),
        ({"batch_size": "1..99999999"}, "65,536"),
        ({"learning_rate": "0.1,0.1"}, "twice"),
        ({"learning_rate": "0.1"}, "two values or more"),
        ({}, "two values or more"),
        ({"seed": "1,2"}, "number of seeds"),
        ({"seed": "1", "epochs": "1,2"}, "number of seeds"),
        ({"validation_split": "0.1,0.2"}, "validation images"),
        ({"validation_split": "0", "epochs": "1,2"}, "above 0"),
        ({"distillation_weight": "0.1,0.2"}, "no effect"),
        ({"learning_rate": ",".join(str(n) for n in range(1, 102))}, "at most 100"),
        ({"layers": "flatten|none"}, "own-layers"),
    ],
)
def test_what_cannot_vary_is_a_sentence(texts: dict[str, str], says: str) -> None:
    with pytest.raises(RecipeError, match=says):
        search_space.parse(TINY, texts)
