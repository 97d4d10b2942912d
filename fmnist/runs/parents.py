"""The other runs that a recipe needs: an ensemble member, teachers, the one whose weights it starts with."""

from fmnist.recipes.recipe import Recipe

from .files import RunError
from .listing import find
from .run import Run
from .states import USABLE


def check(recipe: Recipe) -> None:
    """Look for all of them, as it is better to miss one now than after hours of training.

    Raises:
        RunError: one is missing, has no trained model or does not fit, in one sentence; or the
            recipe is that of an imported model.
    """
    if recipe.imported:
        raise RunError("A model that came in a file cannot be trained here; train a recipe.")
    ensemble_member_of(recipe)
    teachers_of(recipe)
    pretrained_of(recipe)


def ensemble_member_of(recipe: Recipe) -> Run | None:
    """The run whose answers are mixed in.

    Raises:
        RunError: there is no such run, or it has no trained model.
    """
    if recipe.ensemble_member is None:
        return None
    return _trained(recipe.ensemble_member, f"the ensemble member of {recipe.name}")


def teachers_of(recipe: Recipe) -> list[Run]:
    """The runs whose answers are learned.

    Raises:
        RunError: one of them is missing, has no trained model, or none that answers yet.
    """
    teachers = [_trained(name, f"a teacher of {recipe.name}") for name in recipe.teachers]
    for run in teachers:
        if not run.exported:
            raise RunError(
                f"{run.name}, a teacher of {recipe.name}, has no model.tflite yet; "
                f"`python -m fmnist export {run.name}` makes it."
            )
    return teachers


def pretrained_of(recipe: Recipe) -> Run | None:
    """The run whose weights a training starts with.

    Raises:
        RunError: there is no such run, it has no trained model, or its architecture is another.
    """
    if recipe.pretrained is None:
        return None
    run = _trained(recipe.pretrained, f"whose weights {recipe.name} starts with")
    if run.recipe.architecture != recipe.architecture:
        raise RunError(
            f"{run.name} has the architecture {run.recipe.architecture}; only a run with the "
            f"architecture {recipe.architecture} has weights that {recipe.name} can start with."
        )
    return run


def _trained(name: str, role: str) -> Run:
    run = find(name)
    if run.state not in USABLE or run.result is None:  # it may have been stopped before it began
        raise RunError(f"{name}, {role}, has no trained model.")
    return run
