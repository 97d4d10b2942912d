"""Settings that are changed while a run trains: pages and commands ask for them, the worker carries them out.

changes.json holds them in the order in which they were asked for. The worker gives each its place, the epoch and
the batch from which it has effect; one without a place waits. A training is a function of its recipe and of these
places, so that an epoch that is repeated ends as it did. A run with a result has them there.
"""

import contextlib
import dataclasses
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import filelock

from fmnist.machine.disk import explain
from fmnist.recipes import settings
from fmnist.recipes.fields import RecipeError, live_settings_of
from fmnist.recipes.recipe import Recipe

from . import files, fit, rights
from .fields import Change
from .files import RunError, is_there
from .run import Run

FILE = "changes.json"
MOST = 500  # changes of a run
PATIENCE = 5.0  # seconds to wait for somebody else who writes
FIELDS = live_settings_of(Recipe)
REMEDY = "Delete it: the training continues with the settings it has."


def read(run: Run) -> list[Change]:
    """What was changed of a run, in the order in which it was asked for.

    Raises:
        RunError: it cannot be read.
    """
    result = run.result
    if result is None:
        return asked(run)
    return _checked(run.path / "result.json", result.get("changes", []), files.REMEDY)


def asked(run: Run) -> list[Change]:
    """The content of changes.json, with values as a recipe holds them.

    Raises:
        RunError: it cannot be read, or is of other settings than those that can be changed.
    """
    path = run.path / FILE
    if not is_there(path):
        return []
    return _checked(path, files.read(path, list[Change], REMEDY), REMEDY)


def _checked(path: Path, found: Iterable[Change], remedy: str) -> list[Change]:
    try:
        return standard(found)
    except RecipeError as error:
        raise RunError(f"{path} is damaged: {error} {remedy}") from None


def standard(found: Iterable[Change]) -> list[Change]:
    """Changes as they were read, with values as a recipe holds them.

    Raises:
        RecipeError: a field cannot be changed, or not to that value.
    """
    made: list[Change] = []
    for change in found:
        if (name := change["field"]) not in FIELDS:
            raise RecipeError(_not_live(name))
        if ("epoch" in change) != ("batch" in change):
            raise RecipeError("A change must have both epoch and batch, or neither.")
        made.append({**change, "value": FIELDS[name].check(change["value"])})
    return made


def _not_live(name: str) -> str:
    return (
        f"{name[:40]} cannot be changed while a run trains; expected {' or '.join(FIELDS)}. "
        "For another value of it train a new run."
    )


def request(run: Run, wanted: Mapping[str, Any]) -> list[Change]:
    """Ask for other settings of a run that trains or waits; they have effect from its next batches on.

    Args:
        run: whose settings.
        wanted: values by the names of their fields.

    Returns:
        What is new of it.

    Raises:
        RecipeError: a setting cannot be changed, or not to that value.
        RunError: the run is somebody else's, does not train, has these settings already, or cannot be written to.
    """
    rights.check(run)
    if (state := run.state) not in ("queued", "running"):
        raise RunError(
            f"{run.described(state)}; only a run that trains or waits can have its settings changed."
        )
    for name in wanted.keys() - FIELDS.keys():
        raise RecipeError(_not_live(name))
    with _writing(run):
        before = asked(run)
        old = applied(run.recipe, before)
        recipe = old.changed(**wanted)
        if fit.fitting(recipe, run.dataset).augmentation != recipe.augmentation:
            raise RecipeError(
                f"An augmentation is made for garments, and {run.dataset.name} has other images."
            )
        names = [name for name in wanted if getattr(recipe, name) != getattr(old, name)]
        if not names:
            raise RunError(f"{run.name} has these settings already.")
        if len(before) + len(names) > MOST:
            raise RunError(f"{run.name} was changed {MOST} times already; expected no more.")
        new = [
            Change(field=name, value=getattr(recipe, name), asked_at=time.time()) for name in names
        ]
        files.write(run.path / FILE, [*before, *new])
    return new


def place(run: Run, epoch: float, batch: int, before: Sequence[Change]) -> list[Change]:
    """Let what waits have effect from a place on, and write again what was deleted; for the worker.

    Args:
        run: that trains.
        epoch: passes over the training images until then.
        batch: of that epoch.
        before: the changes that have a place already.

    Returns:
        What has its place now.

    Raises:
        RunError: changes.json cannot be read or written.
    """
    if asked(run) == [*before]:
        return []
    with _writing(run):
        waiting = [change for change in asked(run) if "epoch" not in change]
        placed = [Change(**change | {"epoch": epoch, "batch": batch}) for change in waiting]
        files.write(run.path / FILE, [*before, *placed])
    return placed


def take_places(run: Run, found: Sequence[Change]) -> None:
    """Note the places that the run's worker on another machine gave to changes.

    Raises:
        RunError: changes.json cannot be read or written.
    """
    with _writing(run):
        before = asked(run)
        known = {_key(each): each for each in [*before, *standard(found)]}
        if (now := list(known.values())) != before:
            files.write(run.path / FILE, now)


def _key(change: Change) -> tuple[str, float]:
    return change["field"], change["asked_at"]


@contextlib.contextmanager
def _writing(run: Run) -> Iterator[None]:
    """Be the only one who writes changes.json."""
    try:
        with filelock.FileLock(run.path / ".changes.lock", timeout=PATIENCE):
            yield
    except filelock.Timeout:
        raise RunError(f"Another process is changing {run.name}; try again.") from None
    except OSError as error:
        raise RunError(f"{run.name} cannot be changed: {explain(error)}") from None


def applied(recipe: Recipe, changes: Iterable[Change]) -> Recipe:
    """The recipe with changes; of several of one field the last one counts."""
    values: dict[str, Any] = {each["field"]: each["value"] for each in changes}
    return dataclasses.replace(recipe, **values)


def with_effect(changes: Sequence[Change]) -> list[Change]:
    """Those with a place that no later one of the same field takes at once, as when an epoch was repeated."""
    placed = [change for change in changes if "epoch" in change]
    return [
        change
        for number, change in enumerate(placed)
        if not any(
            later["field"] == change["field"] and later["epoch"] <= change["epoch"]
            for later in placed[number + 1 :]
        )
    ]


def now(run: Run) -> Recipe:
    """What a run trains with now, or ended with; as it began, if what was changed cannot be read."""
    return applied(run.recipe, effective(run))


def values(run: Run, field: str) -> list[Any]:
    """All values of a field that a run trained with, the first one first."""
    return [getattr(run.recipe, field)] + [
        change["value"] for change in effective(run) if change["field"] == field
    ]


def problem(run: Run) -> str | None:
    """Why what was changed of a run cannot be read, in a sentence; None where it can."""
    try:
        read(run)
    except RunError as error:
        return str(error)
    return None


def effective(run: Run) -> list[Change]:
    """What had effect on a run's training; nothing if that cannot be read."""
    with contextlib.suppress(RunError):  # `problem` reports it
        return with_effect(read(run))
    return []


def settings_in_words(run: Run) -> dict[str, str]:
    """A run's settings by their labels: "0.1, then 0.02 from epoch 3.4" where one was changed."""
    found = settings.in_words(run.recipe)
    for change in effective(run):
        field = FIELDS[change["field"]]
        before, value = found.get(field.label, "none"), field.in_words(change["value"]) or "none"
        then = "; then" if field.many else ", then"
        found[field.label] = f"{before}{then} {value} {since(change)}"
    return found


def in_words(change: Change) -> str:
    """A change for a reader: "Learning rate 0.02 from epoch 3.4"."""
    what_changed = what(change)
    return f"{what_changed[0].upper()}{what_changed[1:]} {since(change)}"


def what(change: Change) -> str:
    """The setting and its new value: "learning rate 0.02", or "none" where it is switched off."""
    field = FIELDS[change["field"]]
    return f"{field.label.lower()} {field.in_words(change['value']) or 'none'}"


def since(change: Change) -> str:
    """From when on it has effect."""
    if "epoch" not in change:
        return "from the next batches on"
    return f"from epoch {round(change['epoch'], 2):g}" if change["epoch"] else "from the start"
