"""Trains recipes one after the other; finished runs are kept, interrupted ones resumed."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from fmnist.machine import folders
from fmnist.recipes.fields import RecipeError
from fmnist.recipes.recipe import Recipe
from fmnist.runs import changes, cluster, creation, parents
from fmnist.runs.files import RunError
from fmnist.runs.run import Run

from . import launcher
from .worker import work

MOST_ERRORS = 3  # that are printed of trainings at once


def places(
    recipes: Sequence[Recipe], folder: Path | None = None, seeds: int | None = None
) -> dict[Path, Recipe]:
    """The run directories and the recipes to train in them, for `reproduce`.

    Args:
        recipes: to train.
        folder: of the run directories, named like the recipes; by default that of the user's runs.
        seeds: trainings of each recipe, with the seeds 0, 1, ...; by default one with the recipe's seed.

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

    On a cluster they are trained at once.

    Args:
        places: run directories and the recipe to train in each.

    Yields:
        Each finished run.

    Raises:
        RunError: a directory has other content, or a training failed.
    """
    if cluster.address():
        yield from _at_once([_run_in(path, recipe) for path, recipe in places.items()])
        return
    for path, recipe in places.items():
        run = _run_in(path, recipe)
        if run.state != "finished":
            print(f"Training {run.name} in {run.path}", flush=True)
            if error := work(run):
                raise RunError(f"{run.name}: {error}")
        if run.problem:
            raise RunError(run.problem)
        if run.state != "finished":  # stopped, for example by Ctrl-C
            return
        stop_requested = run.stop_requested  # too late for this run
        yield run
        if stop_requested:
            return


def _at_once(runs: list[Run]) -> Iterator[Run]:
    """Train those on the cluster that are not finished, and report what failed once the others have ended."""
    from .cluster import shell

    done = [run for run in runs if run.state == "finished"]
    yield from done
    errors = []
    for run, error in shell.work_on_all([run for run in runs if run not in done]):
        if error or run.problem:
            errors.append(f"{run.name}: {error or run.problem}")
        elif run.state == "finished":
            yield run
    if errors:
        raise RunError(" ".join(errors[:MOST_ERRORS]))


def _run_in(path: Path, recipe: Recipe) -> Run:
    """The recipe's run in that directory: new, finished, or ready to be resumed."""
    run = Run(path)
    if not (path / "run.json").exists():
        parents.resolve(recipe)
        return creation.create(recipe, path)
    if run.problem or run.recipe != recipe or changes.read(run):
        raise RunError(f"{path} holds another training; move it away, or name another folder.")
    if run.state != "finished":
        launcher.prepare_resume(run)
    return run
