"""The commands that train: train, resume, restart, work, wait, stop, reproduce, ablate."""

import argparse
import statistics
from collections.abc import Mapping
from typing import Any

from fmnist.analysis import metrics
from fmnist.data import library
from fmnist.jobs import launcher
from fmnist.machine import loading_keras
from fmnist.networks import builder_file
from fmnist.recipes import registry, settings
from fmnist.recipes.fields import RecipeError
from fmnist.recipes.recipe import Recipe
from fmnist.runs import changes, cluster, fit, listing, table
from fmnist.runs.files import RunError
from fmnist.runs.run import Run
from fmnist.runs.states import USABLE

from .run_commands import print_models


def train(options: argparse.Namespace) -> int:
    """Train a recipe, a network of the user's own, or a run that waits for it."""
    if options.architecture:
        return _work(launcher.create(_of_file(options), options.run))
    given = settings.parse(options.settings)
    if options.recipe is None and not given.get("pretrained"):
        return _train_waiting(options)
    return _work(launcher.create(_chosen(options.recipe, given), options.run))


def _chosen(name: str | None, given: Mapping[str, Any]) -> Recipe:
    """The recipe of that name, or a further training of the pretrained run, as suits the data set, with the changes.

    Prints what differs from the recipe without being asked for.
    """
    if name:
        base = registry.find(name)
        found = fit.suited(base, library.find(given.get("data", base.data)))
    else:
        parent = listing.find(given["pretrained"])
        base = parent.recipe
        found = fit.further(parent, library.find(given.get("data", base.data)))
    chosen = found.changed(**given)
    differs = [
        f"{label.lower()} {here} (not {there})"
        for label, (here, there) in settings.differences(chosen, base.changed(**given)).items()
    ]
    if differs:
        print(f"The settings of {base.name}, but {', '.join(differs)}", flush=True)
    return chosen


def _of_file(options: argparse.Namespace) -> Recipe:
    """The recipe of a network that a Python file builds, which was tried before."""
    network = builder_file.read(options.architecture)
    base = registry.find(options.recipe) if options.recipe else registry.OWN_LAYERS
    recipe = base.of_file(network).changed(**settings.parse(options.settings))
    dataset = library.find(recipe.data)
    with loading_keras():
        from fmnist.training.rehearsal import rehearse
    rehearse(recipe, dataset)
    return recipe


def _train_waiting(options: argparse.Namespace) -> int:
    """Train the run that `--run` names."""
    if options.run is None:
        raise RecipeError(
            f"Name a recipe: {', '.join(known.title for known in registry.RECIPES.values())}."
        )
    if options.settings:
        raise RecipeError("A run has its settings already; to change them, name a recipe.")
    run = Run(options.run.resolve())
    if (state := run.state) in USABLE:
        raise RunError(
            f"{run.name} is {state}; name a recipe and a new folder, or `resume` a stopped run."
        )
    # Otherwise the run was waiting for this very worker.
    late = state == "interrupted" and run.status.get("pid") is None
    if state in ("failed", "interrupted") and not late:
        launcher.prepare_resume(run)
    return _work(run)


def resume(options: argparse.Namespace) -> int:
    """Continue a stopped, failed or interrupted run."""
    run = listing.named(options.run)
    launcher.prepare_resume(run)
    return _work(run)


def restart(options: argparse.Namespace) -> int:
    """Train a new run with the settings that another began with."""
    old = listing.named(options.run)
    new = launcher.create(old.recipe)
    for change in changes.effective(old):
        print(f"Without what was changed while {old.name} trained: {changes.in_words(change)}")
    return _work(new)


def wait(options: argparse.Namespace) -> int:
    """Be a warm worker: load TensorFlow, then train the run that standard input names, and those that wait."""
    from fmnist.jobs import worker

    if run := worker.wait_for_run():
        worker.work_on(run)
    return 0


def work(options: argparse.Namespace) -> int:
    """Be a worker: train the run, then those that wait."""
    from fmnist.jobs import worker

    worker.work_on(Run(options.run.resolve()))
    return 0


def stop(options: argparse.Namespace) -> int:
    """Stop a run; what it has learned is kept."""
    launcher.stop(listing.named(options.run))
    return 0


def _work(run: Run) -> int:
    from fmnist.jobs.worker import precompute_behind, work

    if run.problem:
        raise RunError(run.problem)
    if work(run):
        return 1
    if run.result and not cluster.address():  # a place on a cluster has done so
        precompute_behind(run)
    return 0


def reproduce(options: argparse.Namespace) -> int:
    """Train the published recipes, or those named, and print what they reached."""
    from fmnist.jobs import reproduce

    chosen = [registry.find(name) for name in options.recipes] or list(registry.PUBLISHED)
    places = reproduce.places(chosen, options.into, options.seeds)
    done = [table.row(run) for run in reproduce.reproduce(places)]
    print_models(done)
    for name in (found.name for found in chosen) if options.seeds else ():
        _print_seeds([row for row in done if row["recipe"] == name])
    return 0 if len(done) == len(places) else 1


def _print_seeds(rows: list[table.Row]) -> None:
    """The spread over seeds of one recipe's trainings, where there are two or more."""
    if len(rows) < 2:
        return
    accuracies = [row["test_accuracy"] for row in rows]
    low, high = metrics.mean_interval(accuracies)
    print(
        f"{rows[0]['recipe']}: {statistics.mean(accuracies):.2%} on average over {len(rows)} seeds "
        f"({min(accuracies):.2%} to {max(accuracies):.2%}); over all seeds most likely between "
        f"{low:.2%} and {high:.2%}."
    )


def ablate(options: argparse.Namespace) -> int:
    """Train a recipe without each of its ingredients, and compare."""
    from fmnist.jobs import ablate

    given = settings.parse(options.settings)
    if options.architecture:
        given["architecture"] = options.architecture
    chosen = registry.find(options.recipe).changed(**given)
    rows: list[ablate.Row] = []
    for row in ablate.ablate(chosen, options.seeds, options.into.resolve()):
        if not rows:
            print(ablate.HEADER)
        rows.append(row)
        print(ablate.in_words(row), flush=True)
    complete = len(rows) == len(ablate.variants(chosen))
    if complete:
        ablate.write(rows, options.into)
    return 0 if complete else 1
