"""Start, stop, resume and delete sweeps. Nothing here imports Optuna, which a process of its own does."""

import contextlib
import dataclasses
import importlib.util
import secrets
import shutil
import subprocess
import time
from pathlib import Path

from fmnist import machine
from fmnist.jobs import launcher
from fmnist.machine.disk import explain
from fmnist.people import access, acting, mode
from fmnist.recipes import search_space
from fmnist.recipes.recipe import NAME
from fmnist.runs import files, numbering, sweeps
from fmnist.runs.files import RunError
from fmnist.runs.sweep_fields import SweepDescription
from fmnist.runs.sweep_manage import check_owner, delete, errors_in_words, stop
from fmnist.runs.sweep_plan import Plan
from fmnist.runs.sweeps import ACTIVE, RESUMABLE, Sweep

__all__ = ["create", "delete", "prepare_resume", "refusal", "resume", "start", "stop"]

MOST_ACTIVE = 8  # sweeps at once: each has a process of 0.1 GB
MOST_ACTIVE_OF_ONE = 1  # of a person with limits


def refusal() -> str | None:
    """Why who acts cannot start or resume a sweep here now, in a sentence; None where they can."""
    if sentence := mode.refusal("train"):
        return sentence
    if importlib.util.find_spec("optuna") is None:
        return machine.to_install("optuna")
    active = [sweep for sweep in sweeps.everybodys() if sweep.state in ACTIVE]
    person = acting.person()
    own = sum(access.read(sweep.path).owner == person.id for sweep in active)
    if not person.teacher and own >= MOST_ACTIVE_OF_ONE:
        return "You have an active sweep; each person may have one. Stop it, or wait for its end, before you start another."
    if len(active) >= MOST_ACTIVE:
        return f"{len(active)} sweeps are active, as many as may be at once. Wait for the end of one, or stop one."
    return None


def start(plan: Plan, name: str | None = None) -> Sweep:
    """Make a sweep, and have a process of its own carry it out.

    Args:
        plan: what to do.
        name: of the sweep; by default the recipe's with a number.

    Raises:
        RunError: see `create`; or its process cannot be started.
    """
    sweep = create(plan, name)
    _begin(sweep)
    return sweep


def create(plan: Plan, name: str | None = None) -> Sweep:
    """Make a sweep for this process to carry out; who acts owns it.

    Raises:
        RunError: nobody trains here, Optuna or Keras is not installed, too many sweeps are active, the name cannot be
            or is taken, or the folder cannot be written.
    """
    _insist()
    launcher.check_workers()
    try:
        sweep = Sweep(_claim(name) if name else _make_numbered(plan.recipe.name))
        try:
            access.claim(sweep.path)
            _note_start(sweep)
            files.write(sweep.path / "sweep.json", dict(_describe(plan)))
        except OSError:
            shutil.rmtree(sweep.path, ignore_errors=True)
            raise
    except OSError as error:
        raise RunError(f"No sweep can be written: {explain(error)}") from None
    return sweep


def resume(sweep: Sweep) -> None:
    """Have a process carry on a sweep that was stopped, failed or interrupted.

    Raises:
        RunError: see `prepare_resume`; or its process cannot be started.
    """
    prepare_resume(sweep)
    _begin(sweep)


def prepare_resume(sweep: Sweep) -> None:
    """Make a sweep ready for this process to carry on.

    Raises:
        RunError: it is somebody else's, active, finished or broken; or see `create`.
    """
    check_owner(sweep)
    if (state := sweep.state) not in RESUMABLE:
        why = f" {sweep.problem}" if state == "broken" else ""
        raise RunError(
            f"The sweep {sweep.name} is {state}; only a stopped, failed or interrupted one can be resumed.{why}"
        )
    _insist()
    launcher.check_workers()
    with errors_in_words(sweep):
        (sweep.path / "stop").unlink(missing_ok=True)
        _note_start(sweep)


def _insist() -> None:
    if sentence := refusal():
        raise RunError(sentence)


def _describe(plan: Plan) -> SweepDescription:
    return {
        "id": secrets.token_hex(8),
        "recipe": dataclasses.asdict(plan.recipe),
        "space": {name: search_space.as_text(name, each) for name, each in plan.space.items()},
        "sampler": plan.sampler,
        "pruner": plan.pruner,
        "seeds": plan.seeds,
        "trials": plan.trials,
        "epochs": plan.epochs,
        "created_at": time.time(),
    }


def _claim(name: str) -> Path:
    if not NAME.fullmatch(name):
        raise RunError(
            "A name has letters, digits, '-', '_' and '.', at most 64, and begins with a letter or digit; "
            f"{name[:80]!r} does not."
        )
    path = sweeps.home() / name
    sweeps.home().mkdir(parents=True, exist_ok=True)
    try:
        path.mkdir()
    except FileExistsError:
        raise RunError(
            f"There is a sweep {name} already; choose another name, or continue that one with "
            f"`python -m fmnist sweeps resume {name}`."
        ) from None
    return path


def _make_numbered(recipe: str) -> Path:
    sweeps.home().mkdir(parents=True, exist_ok=True)
    while True:
        path = sweeps.home() / numbering.take(sweeps.home(), recipe, ())
        with contextlib.suppress(FileExistsError):
            path.mkdir()
            return path


def _note_start(sweep: Sweep) -> None:
    status = {"state": "starting", "pid": None, "updated_at": time.time()}
    files.write(sweep.path / "status.json", status)


def _begin(sweep: Sweep) -> None:
    """Start the process; its output goes to log.txt."""
    with errors_in_words(sweep), open(sweep.path / "log.txt", "ab") as log:
        launcher.spawn(["sweep-work", str(sweep.path)], stdin=subprocess.DEVNULL, stdout=log)
