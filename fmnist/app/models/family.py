"""The family of a run: its parents, their parents and so on, and what was trained with it or from it."""

import contextlib

import streamlit as st

from fmnist.app.components.family import Line, Member, clicked, family
from fmnist.runs import family as relatives
from fmnist.runs import listing
from fmnist.runs.family import Relation
from fmnist.runs.files import RunError
from fmnist.runs.run import Run

KEY = "models.family"


def show(run: Run) -> None:
    """The family as boxes with lines; nothing for a run that has no relatives."""
    relations = relatives.relations(run)
    if not relations:
        return
    st.header("Family", anchor=False)
    st.caption("Lines lead from a run to those that were trained with it or predict with it.")
    generations = in_generations(run.name, relations)
    there = {each.name: each for each in listing.list_runs()}
    members = [
        _member(name, there.get(name), generation, name == run.name)
        for name, generation in generations.items()
    ]
    numbers = {member["name"]: number for number, member in enumerate(members)}
    lines = [
        Line(parent=numbers[p], child=numbers[c], role=role) for (p, c), role in _roles(relations)
    ]
    family(members, lines, KEY, _choose)


def in_generations(name: str, relations: list[Relation]) -> dict[str, int]:
    """The column of each run, from 0, in the order of the columns: right of all of its parents.

    Args:
        name: a run that is in each of the relations, or related to one that is.
        relations: as `relatives.relations` gives them.
    """
    names = {name, *(n for each in relations for n in (each.parent, each.child))}
    column = dict.fromkeys(sorted(names), 0)
    for _ in names:  # a cycle, of names that were given again, ends here
        for each in relations:
            column[each.child] = max(column[each.child], column[each.parent] + 1)
    for _ in names:  # a parent stands as near to its children as it can
        for parent in names:
            children = [column[each.child] for each in relations if each.parent == parent]
            column[parent] = min(children) - 1 if children else column[parent]
    found = sorted(column, key=lambda each: (column[each], each))
    first = column[found[0]]
    return {each: column[each] - first for each in found}


def _roles(relations: list[Relation]) -> list[tuple[tuple[str, str], str]]:
    """One line a pair of runs, with all roles that the parent has."""
    found: dict[tuple[str, str], list[str]] = {}
    for each in relations:
        found.setdefault((each.parent, each.child), []).append(each.role)
    return [(pair, ", ".join(roles)) for pair, roles in found.items()]


def _member(name: str, run: Run | None, generation: int, chosen: bool) -> Member:
    about = "deleted"
    with contextlib.suppress(RunError):
        if run:
            result = run.result
            accuracy = f" · {result['test_accuracy']:.1%}" if result else ""
            about = f"{run.dataset.name}{accuracy}"
    usable = run is not None and run.usable
    return Member(name=name, about=about, generation=generation, chosen=chosen, gone=not usable)


def _choose() -> None:
    if name := clicked(KEY):
        st.session_state["model"] = name
