"""Train the published recipes one after the other; what is done is kept, what was begun goes on."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

from . import launch, runs
from .recipe import Recipe
from .runs import Run, RunError
from .worker import work


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
        yield run


def _run_in(path: Path, recipe: Recipe) -> Run:
    """The recipe's run in that directory: new, finished, or ready to go on."""
    run = Run(path)
    if not (path / "run.json").exists():
        return runs.create(recipe, path)
    if run.problem or not _is_same_training(run.recipe, recipe):
        raise RunError(f"{path} holds another training; move it away, or name another folder.")
    if run.state != "finished":
        launch.prepare_resume(run)
    return run


def _is_same_training(one: Recipe, other: Recipe) -> bool:
    """Whether they differ in words alone."""
    return one == dataclasses.replace(other, summary=one.summary, source=one.source)
