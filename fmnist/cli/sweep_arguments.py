"""What `sweep` and `sweeps` take."""

import argparse
from typing import Any

from fmnist.runs.sweep_plan import PRUNERS, SAMPLERS, TRIALS

from .options import add_cluster, add_json, path

SWEEP = {"metavar": "SWEEP", "help": "a sweep's name"}


def add_sweep(command: Any) -> None:
    """The commands `sweep`, `sweeps`, and the one that starts a sweep's process."""
    _add_sweep(command)
    _add_sweeps(command)
    command("sweep-work").add_argument("sweep", type=path)  # without help it is not listed


def _add_sweep(command: Any) -> None:
    sweep = command(
        "sweep",
        help="train a recipe with many settings and find the best by validation; Ctrl-C stops, `sweeps resume` "
        "continues",
    )
    sweep.add_argument("recipe", metavar="RECIPE")
    sweep.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="FIELD=VALUES",
        help="values to try, as in learning_rate=0.01,0.03,0.1; a range, as in learning_rate=0.001..0.1; or one value "
        "for all trials, as in epochs=5; | between values of a field with several items, as in "
        "'augmentation=flip|flip,erase|none'; can be repeated",
    )
    sweep.add_argument(
        "--seeds", type=int, default=1, metavar="N", help="trainings of each trial (default: 1)"
    )
    sweep.add_argument(
        "--sampler",
        metavar="NAME",
        help=f"{_choices(SAMPLERS)} Default: grid, or tpe where a field has a range.",
    )
    sweep.add_argument(
        "--pruner",
        metavar="NAME",
        help=f"which trials end early. {_choices(PRUNERS)} Default: halving, or none where epochs vary.",
    )
    sweep.add_argument(
        "--trials",
        type=int,
        metavar="N",
        help=f"how many combinations to try (default: the whole grid, else {TRIALS})",
    )
    sweep.add_argument("--name", metavar="NAME", help="of the sweep (default: RECIPE-NUMBER)")
    add_cluster(sweep)
    add_json(sweep)


def _choices(known: dict[str, str]) -> str:
    return " ".join(f"{name}: {about}" for name, about in known.items())


def _add_sweeps(command: Any) -> None:
    sweeps = command("sweeps", help="list sweeps, show, stop, resume or delete one")
    add_json(sweeps)
    whats = sweeps.add_subparsers(metavar="[show | stop | resume | delete]", dest="what")
    show = whats.add_parser("show", help="its trials, the best of them, and what it has cost")
    show.add_argument("sweep", **SWEEP)
    # An option of `sweeps` that stands before `show` keeps its value after it.
    add_json(show, default=argparse.SUPPRESS)
    for name, about in (
        ("stop", "stop it and its runs; `resume` continues both"),
        ("resume", "continue one that was stopped, failed or interrupted; Ctrl-C stops"),
        ("delete", "delete it; its runs stay"),
    ):
        what = whats.add_parser(name, help=about)
        what.add_argument("sweep", **SWEEP)
        if name == "resume":
            add_cluster(what)
