"""A run's relatives: what it was trained with or from, and what was trained with or from it."""

import contextlib
import dataclasses

from fmnist.recipes.recipe import Recipe

from . import listing
from .files import RunError
from .run import Run


@dataclasses.dataclass(frozen=True)
class Relation:
    """One run's part in the training, or in the predictions, of another."""

    parent: str  # its name; the run may be gone
    child: str
    role: str  # of the parent: "pretrained weights", "teacher" or "ensemble member"


def relations(run: Run) -> list[Relation]:
    """How the run's ancestors and descendants are related to each other and to it.

    Raises:
        RunError: the run itself is broken; of relatives, those that are broken have no parents.
    """
    parents = {run.name: _parents(run.name, run.recipe)}
    for other in listing.list_runs():
        with contextlib.suppress(RunError):
            parents.setdefault(other.name, _parents(other.name, other.recipe))
    children: dict[str, list[Relation]] = {}
    for relation in (each for found in parents.values() for each in found):
        children.setdefault(relation.parent, []).append(relation)
    ancestry = _followed(run.name, {n: [(r.parent, r) for r in p] for n, p in parents.items()})
    descent = _followed(run.name, {n: [(r.child, r) for r in c] for n, c in children.items()})
    return list(dict.fromkeys([*ancestry, *descent]))


def _followed(name: str, steps: dict[str, list[tuple[str, Relation]]]) -> list[Relation]:
    """All relations that lead away from a run, step by step."""
    found, seen, names = [], {name}, [name]
    while names:
        for other, relation in steps.get(names.pop(), []):
            found.append(relation)
            if (
                other not in seen
            ):  # a name may be given again, to a run that descends from the first
                seen.add(other)
                names.append(other)
    return found


def _parents(name: str, recipe: Recipe) -> list[Relation]:
    roles = [(parent, "teacher") for parent in recipe.teachers]
    roles += [(parent, "pretrained weights") for parent in [recipe.pretrained] if parent]
    roles += [(parent, "ensemble member") for parent in [recipe.ensemble_member] if parent]
    return [Relation(parent, name, role) for parent, role in roles]
