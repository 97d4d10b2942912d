"""Train recipes one after the other; what is done is kept, what was begun is resumed."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from fmnist.machine import folders
from fmnist.recipes.fields import RecipeError
from fmnist.recipes.recipe import Recipe
from fmnist.runs import creation, parents
from fmnist.runs.files import RunError
from fmnist.runs.run import Run

from . import launcher
from .worker import work


def places(
    recipes: Sequence[Recipe], folder: Path | None = None, seeds: int | None = None
) -> dict[Path, Recipe]:
    """What to train where, as `reproduce` takes it.

    Args:
        recipes: what to train.
        folder: where to make the run directories, named as the recipes; without one, among the user's.
        seeds: trainings of each recipe, with the seeds 0, 1, ...; without it, one with the recipe's own.

    Raises:
        RecipeError: `seeds` is below 2.
    """
    home = f"{folder.resolve()}/" if folder else f"{folders.home()}/reproduced-"
    if seeds is None:
        return {Path(home + recipe.name): recipe for recipe in recipes}
    if seeds < 2:
        raise RecipeError(
            f"A spread over seeds needs at least 2 trainings of each recipe, not {seeds}."
        )
    return {
        Path(f"{home}{recipe.name}-{seed}"): recipe.changed(seed=seed)
        for recipe in recipes
        for seed in range(seeds)
    }


def reproduce(places: dict[Path, Recipe]) -> Iterator[Run]:
    """Train each recipe that has no finished run yet; ends early if a training is stopped.

    Args:
        places: run directories, and what to train in each.

    Yields:
        Each run, finished.

    Raises:
        RunError: a directory is there that holds something else, or a training failed.
    """
    for path, recipe in places.items():
        run = _run_in(path, recipe)
        if run.state != "finished":
            print(f"Training {run.name} in {run.path}", flush=True)
            if error := work(run):
                raise RunError(f"{run.name}: {error}")
        if run.problem:
            raise RunError(run.problem)
        if run.state != "finished":  # stopped, by Ctrl-C say
            return
        asked_to_stop = run.stop_requested  # too late for this run
        yield run
        if asked_to_stop:
            return


def _run_in(path: Path, recipe: Recipe) -> Run:
    """The recipe's run in that directory: new, finished, or ready to go on."""
    run = Run(path)
    if not (path / "run.json").exists():
        parents.resolve(recipe)
        return creation.create(recipe, path)
    if run.problem or run.recipe != recipe:
        raise RunError(f"{path} holds another training; move it away, or name another folder.")
    if run.state != "finished":
        launcher.prepare_resume(run)
    return run
