"""A search space: which settings of a recipe a sweep varies, and the values that each may take.

As texts, at the shell and in a sweep's file: `0.01,0.03,0.1` are values to try, `0.001..0.1` is a range to draw
from. A setting that holds several items, such as `augmentation`, has `|` between its values.
"""

import dataclasses
import itertools
import math
from collections.abc import Iterator, Mapping
from typing import Any

from . import settings
from .fields import Field, RecipeError, settings_of
from .recipe import Recipe

HELD_OUT = 1 / 6  # of the training images: of all 60,000 as many as there are test images
MOST_VALUES = 100  # of a setting
DECADE = 10  # from which ratio of its ends on a range is drawn from on a logarithmic scale

# What stays the same in all trials, and why.
_SPLIT = "the trials would be compared on different validation images"
FIXED = {
    "seed": "the number of seeds says how often each trial trains",
    "data": _SPLIT,
    "training_images": _SPLIT,
    "validation_split": _SPLIT,
    "resplit_epochs": _SPLIT,
    "teachers": "a teacher may have learned from validation images",
    "pretrained": "pretrained weights may have learned from validation images",
    "ensemble_member": "an ensemble member may have learned from validation images",
}
SAME = FIXED.keys() - {"data", "training_images", "validation_split"}  # not even one value is given


@dataclasses.dataclass(frozen=True)
class Values:
    """Values to try, two or more different ones."""

    values: tuple[Any, ...]


@dataclasses.dataclass(frozen=True)
class Range:
    """All numbers from `low` to `high`, both included; whole ones where both are of type int."""

    low: float
    high: float

    @property
    def whole(self) -> bool:
        return isinstance(self.low, int) and isinstance(self.high, int)

    @property
    def logarithmic(self) -> bool:
        """Whether each factor is as probable as any other, rather than each difference."""
        return self.low > 0 and self.high >= DECADE * self.low


Dimension = Values | Range
Space = dict[str, Dimension]  # by the settings' names


def searchable() -> dict[str, Field]:
    """The settings that a sweep can vary, by their names."""
    return {name: field for name, field in settings_of(Recipe).items() if name not in FIXED}


def comparable(recipe: Recipe) -> Recipe:
    """The recipe as all trials of a sweep train it: with validation images, alone, and without re-splits.

    Other runs, such as teachers, may have learned from the images held out here; so they take no part. A recipe
    without a validation split holds out `HELD_OUT`.
    """
    return recipe.changed(
        validation_split=recipe.validation_split or HELD_OUT,
        resplit_epochs=(),
        teachers=(),
        pretrained=None,
        ensemble_member=None,
    )


def parse(recipe: Recipe, texts: Mapping[str, str]) -> tuple[Recipe, Space]:
    """The recipe to vary and its search space, of texts by the settings' names.

    Args:
        recipe: any; `comparable` is applied to it.
        texts: such as {"learning_rate": "0.01,0.1", "batch_size": "32..256", "epochs": "5"}. A single value is no
            choice: it changes the recipe.

    Raises:
        RecipeError: no such setting, one that a sweep cannot vary, a value that is not possible, one that is there
            twice, a range whose low end is not below its high end, or nothing to vary.
    """
    dimensions = {name: _dimension(name, text) for name, text in texts.items()}
    single = {
        name: each.values[0]
        for name, each in dimensions.items()
        if isinstance(each, Values) and len(each.values) == 1
    }
    space = {name: each for name, each in dimensions.items() if name not in single}
    _check_single(single)
    base = comparable(recipe.changed(**single))
    if not space:
        raise RecipeError(
            "A sweep needs a setting with two values or more, such as learning_rate=0.01,0.1, or a range, such as "
            "learning_rate=0.001..0.1."
        )
    for name, each in space.items():
        _check(base, name, each)
    return base, space


def as_text(name: str, dimension: Dimension) -> str:
    """The text that `parse` reads as that dimension."""
    field = settings_of(Recipe)[name]
    if isinstance(dimension, Range):
        return f"{field.text(dimension.low)}..{field.text(dimension.high)}"
    return _between(field).join(map(field.text, dimension.values))


def size(space: Space) -> int | None:
    """How many combinations of values there are; None with a range, which has no end of them."""
    counts = [len(each.values) for each in space.values() if isinstance(each, Values)]
    return math.prod(counts) if len(counts) == len(space) else None


def combinations(space: Space) -> Iterator[dict[str, Any]]:
    """All combinations of values, the last setting varying fastest; none with a range."""
    if size(space) is None:
        return
    values = [each.values for each in space.values() if isinstance(each, Values)]
    for combination in itertools.product(*values):
        yield dict(zip(space, combination, strict=True))


def _dimension(name: str, text: str) -> Dimension:
    field = _field(name)
    low, dots, high = text.partition("..")
    if dots and field.item in (int, float) and not field.many:
        return _range(field, field.parse(low), field.parse(high))
    values = tuple(field.parse(part) for part in text.split(_between(field)))
    if len(values) > MOST_VALUES:
        raise RecipeError(
            f"{field.label} has {len(values)} values; expected at most {MOST_VALUES}. Give fewer, or a range."
        )
    for value in values:
        if values.count(value) > 1:
            raise RecipeError(
                f"{field.label} has the value {field.text(value)} twice; expected different values."
            )
    return Values(values)


def _field(name: str) -> Field:
    known = settings_of(Recipe)
    if name not in known:
        raise RecipeError(settings.unknown(name))
    return known[name]


def _range(field: Field, low: Any, high: Any) -> Range:
    if low is None or high is None or low >= high:
        raise RecipeError(
            f"{field.label} has the range {field.text(low)}..{field.text(high)}; expected its low end below its "
            "high end."
        )
    return Range(low, high)


def _between(field: Field) -> str:
    return "|" if field.many else ","


def _check_single(settings: Mapping[str, Any]) -> None:
    """See that no setting was given that all trials have otherwise.

    Raises:
        RecipeError: one was.
    """
    for name in settings.keys() & SAME:
        if name == "seed" or settings[name]:
            label = settings_of(Recipe)[name].label
            raise RecipeError(f"{label} cannot be set for a sweep: {FIXED[name]}. Leave it out.")
    if settings.get("validation_split", 1) == 0:
        raise RecipeError(
            "A sweep compares trials on validation images; give a validation split above 0, or none for that of the "
            "recipe."
        )


def _check(recipe: Recipe, name: str, dimension: Dimension) -> None:
    """See that each value makes a recipe that differs in nothing but what the sweep compares."""
    field = settings_of(Recipe)[name]
    if name in FIXED:
        raise RecipeError(f"{field.label} cannot vary in a sweep: {FIXED[name]}. Give one value.")
    if field.needs and not getattr(recipe, field.needs):
        needed = settings_of(Recipe)[field.needs].label.lower()
        raise RecipeError(f"{field.label} has no effect in a sweep, which trains without {needed}.")
    ends = dimension.values if isinstance(dimension, Values) else (dimension.low, dimension.high)
    for value in ends:
        recipe.changed(**{name: value})
