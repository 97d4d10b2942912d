"""What a run may ask for: the limits of the person whose it is."""

import math
from pathlib import Path

from fmnist.data import library
from fmnist.data.dataset import DatasetError
from fmnist.people import access, limits, members, mode
from fmnist.people.person import OWNER, Person
from fmnist.recipes.recipe import Recipe

from . import estimate, learning_curve
from .files import RunError
from .run import Run


def owner(run: Run) -> Person:
    """Whose run it is."""
    return owner_of(run.path)


def owner_of(folder: Path) -> Person:
    """Whose a folder is: a run, or a sweep."""
    id = access.read(folder).owner
    return Person(id, teacher=members.is_teacher(id)) if id else OWNER


def seconds(run: Run) -> float:
    """How long a run may train; infinity without a limit."""
    most = limits.of(owner(run)).seconds
    return math.inf if most is None else most


def check(recipe: Recipe, person: Person) -> None:
    """See that a person may train a recipe, before it starts.

    Raises:
        RunError: nobody trains here, or it takes more epochs or, as far as one knows, seconds than a run of theirs may.
    """
    if refusal := mode.refusal("train"):
        raise RunError(refusal)
    allowed, epochs = limits.of(person), sum(recipe.splits)
    if allowed.epochs is not None and epochs > allowed.epochs:
        raise RunError(
            f"{epochs} epochs are more than a run may have here: {allowed.epochs}. Set fewer epochs."
        )
    if allowed.seconds is not None and (expected := _seconds(recipe) or 0) > allowed.seconds:
        raise RunError(
            f"This training would take about {learning_curve.duration(expected)}; a run may take "
            f"{learning_curve.duration(allowed.seconds)} here. Set fewer epochs or training images, or choose a "
            "smaller network."
        )


def check_resume(run: Run) -> None:
    """See that a run may be trained further.

    Raises:
        RunError: nobody trains here, or it has trained for as long as it may.
    """
    if refusal := mode.refusal("train"):
        raise RunError(refusal)
    if words := used_up(run):
        raise RunError(words)


def used_up(run: Run) -> str | None:
    """That a run has trained for as long as it may, in a sentence; None where it has not."""
    most = seconds(run)
    if math.isinf(most):
        return None
    result = run.result
    trained = result.get("seconds", 0.0) if result else _seconds_of_curve(run)
    if trained < most:
        return None
    return (
        f"{run.name} has trained for {learning_curve.duration(trained)}, as long as a run may here."
    )


def _seconds(recipe: Recipe) -> float | None:
    try:
        return estimate.seconds(recipe, library.find(recipe.data), estimate.paces())
    except DatasetError as error:
        raise RunError(str(error)) from None


def _seconds_of_curve(run: Run) -> float:
    return max((row.get("seconds", 0.0) for row in run.metrics()), default=0.0)
