"""The run directory.

    run.json         recipe, dataset, versions, machine       written first, by whoever starts it
    status.json      pid, epoch, speed, error, reason         replaced atomically by the worker
    metrics.jsonl    one line a moment and one an epoch       appended; a torn last line is dropped
    checkpoint/      what `resume` needs                      replaced as a whole each epoch
    stop             asks the worker to end after its batch
    model.keras      the trained model, for plain Keras
    model.tflite     the one that answers and is measured; `export` makes it where TensorFlow is
    predictions.npz  what it says of the 10,000 test images
    result.json      accuracy, loss, seconds, layers          written last: it means "usable"
    result.old.json  that of a stopped run which is resumed   put back if nothing newer comes

    .worker.lock     held by the worker that trains           a run has one

Otherwise nothing is locked: readers cope with a file that is not there yet.
"""

import contextlib
import dataclasses
import difflib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from . import checkpoints, machine, numbering, run_files
from .recipe import Recipe
from .recipes import DEFAULT
from .run_files import RunError, explain, is_folder
from .run_writer import RunWriter

ROOT = Path(__file__).parent.parent
SHIPPED = ROOT / "models"
START_LIMIT = 30.0  # seconds that a started worker may take to report itself

ACTIVE = ("queued", "running", "stopping")
USABLE = ("finished", "stopped")
SHOWN = 20  # runs that a message names at most
A_DAY = 86_400.0  # seconds


def home() -> Path:
    """Where the user's own runs are: `runs/`, or the folder that FMNIST_RUNS names."""
    return Path(os.environ.get("FMNIST_RUNS") or ROOT / "runs").resolve()


def state(
    status: dict[str, Any], result: dict[str, Any] | None, stop: bool, alive: bool, now: float
) -> str:
    """The state of a run, from what was written and whether its worker lives.

    Args:
        status: content of status.json, `{}` while there is none.
        result: content of result.json, None while there is none.
        stop: whether the file `stop` is there.
        alive: whether the process that `status` names is running.
        now: seconds since the epoch.

    Returns:
        "queued", "running", "stopping", "stopped", "failed", "finished" or "lost" (its worker
        ended without a word: the machine was switched off, say).
    """
    if result is not None:
        return "stopped" if result.get("stopped") else "finished"
    word = status.get("state", "lost")
    if word not in ACTIVE:
        return word
    starting = status.get("pid") is None and abs(now - status.get("updated_at", 0)) < START_LIMIT
    if not alive and not starting:
        return "lost"
    return "stopping" if stop else word


@dataclasses.dataclass(frozen=True)
class Run(RunWriter):
    """A run directory, with where it lies among others and what state it is in."""

    path: Path

    @property
    def argument(self) -> str:
        """What names it on the command line: its name, or its directory where that is elsewhere."""
        return self.name if self.path.parent in (SHIPPED, home()) else str(self.path)

    @property
    def shipped(self) -> bool:
        """Whether it came with the project, rather than from the user."""
        return self.path.parent == SHIPPED

    def described(self, state: str) -> str:
        """The run and its state in a few words, with what is wrong where it is broken."""
        why = f" ({problem})" if state == "broken" and (problem := self.problem) else ""
        return f"{self.name} is {state}{why}"

    @property
    def state(self) -> str:
        """One word, as the function `state` gives it, or "broken"."""
        try:
            status, result = self._look()
            alive = machine.is_alive(status)
            if result is None and not alive:
                # The worker may have begun or ended since that was read: its last word counts.
                status, result = self._look()
                alive = machine.is_alive(status)
        except RunError:
            return "broken"
        word = state(status, result, self.stop_requested, alive, time.time())
        # What is missing may be so because the run was renamed or deleted meanwhile.
        return word if is_folder(self.path) else "broken"

    @property
    def usable(self) -> bool:
        """Whether there is a trained model that can be asked."""
        with contextlib.suppress(RunError):
            return self.state in USABLE and self.result is not None and self.exported
        return False

    def queue(self) -> None:
        """Make the run ready for a worker, new or to be resumed: no stop, the old result set aside."""
        (self.path / "stop").unlink(missing_ok=True)
        with contextlib.suppress(FileNotFoundError):
            os.replace(self.path / "result.json", self.path / "result.old.json")
        self.update_status(state="queued", pid=None, queued_at=_later_than_all())

    def check_checkpoint(self) -> None:
        """See that the training can be resumed from what was written.

        Raises:
            RunError: the checkpoint is missing, damaged, or of another training.
        """
        try:
            checkpoints.check(self.path)
        except RunError as error:
            raise RunError(
                f"{self.name} cannot be resumed and stays as it is: {error} `python -m fmnist restart "
                f"{self.argument}` trains a new run with the same settings."
            ) from None


def create(recipe: Recipe, path: Path | None = None) -> Run:
    """Make a run directory, queued.

    Args:
        recipe: what to train.
        path: the directory; without one, a new one `<recipe>-<number>` below `home()`.

    Raises:
        RunError: the directory is there already and not empty, or cannot be made.
    """
    try:
        run = Run(_make_folder(path) if path else _make_numbered_folder(recipe.name))
        describe(run, recipe)
        run.queue()
    except OSError as error:
        raise RunError(f"No run can be written: {explain(error)}") from None
    return run


def describe(run: Run, recipe: Recipe, **more: Any) -> None:
    """Write run.json: the recipe, and where and when the run was made."""
    about = {
        "recipe": dataclasses.asdict(recipe),
        "dataset": "fashion-mnist",
        "versions": machine.versions(),
        "machine": machine.description(),
        "created_at": time.time(),
    }
    run_files.write(run.path / "run.json", about | more)


def home_problem() -> str | None:
    """Why the folder of the user's runs cannot be read, in a sentence; None where it can or is not made yet."""
    try:
        with os.scandir(home()):
            return None
    except FileNotFoundError:
        return None
    except OSError as error:
        return (
            f"The folder of your runs cannot be read: {explain(error)} FMNIST_RUNS names another."
        )


def list_runs() -> list[Run]:
    """All runs, broken ones too: the shipped ones by name, then the user's, newest first."""
    return [*(Run(path) for path in sorted(_folders(SHIPPED))), *list_own_runs()]


def list_own_runs() -> list[Run]:
    """The user's runs, broken ones too, newest first."""
    return sorted(map(Run, _folders(home())), key=_newest_first)


def usable_runs() -> list[Run]:
    """The runs that have a trained model, the default first, then as `list_runs`."""
    found = [run for run in list_runs() if run.usable]
    return sorted(found, key=lambda run: run.path != SHIPPED / DEFAULT)


def find(name: str) -> Run:
    """The run of that name, a shipped one or the user's.

    Raises:
        RunError: there is none; the message names some that there are.
    """
    names = []
    for run in list_runs():
        if run.name == name:
            return run
        names.append(run.name)
    near = difflib.get_close_matches(name[:80], names, SHOWN) or names[:SHOWN]
    more = f" and {len(names) - len(near)} more" if len(names) > len(near) else ""
    raise RunError(
        f"There is no run {name[:80]!r}; there are: {', '.join(near) or 'none yet'}{more}."
    )


def named(argument: str) -> Run:
    """A run by its directory or its name, as on the command line; see `Run.argument`.

    Raises:
        RunError: there is none.
    """
    path = Path(argument)
    return Run(path.resolve()) if (path / "run.json").is_file() else find(argument)


def _folders(parent: Path) -> Iterator[Path]:
    with contextlib.suppress(OSError):  # there is no such folder, or it cannot be read
        for path in parent.iterdir():
            # A page cannot show a name that is no text.
            if path.name[0] != "." and path.name.isprintable() and is_folder(path):
                yield path


def _newest_first(run: Run) -> float:
    """A key to sort by; broken runs come last."""
    with contextlib.suppress(RunError):
        return -run.created_at
    return 0.0


def _later_than_all() -> float:
    """The time; or, where the clock was set back, what is later than that of all who wait."""
    now = time.time()
    times = [now]
    for run in list_own_runs():
        with contextlib.suppress(RunError):
            status = run.status
            if status.get("state") == "queued":
                times.append(status.get("queued_at", 0.0) + 1e-3)
    return max(moment for moment in times if moment < now + A_DAY)  # more is a damaged value


def _make_folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    if any(path.iterdir()):
        raise RunError(f"{path} is not empty; name a new folder, or resume that run.")
    return path.resolve()


def _make_numbered_folder(name: str) -> Path:
    home().mkdir(parents=True, exist_ok=True)
    while True:
        path = home() / numbering.take(home(), name, _named_in_recipes())
        with contextlib.suppress(FileExistsError):
            path.mkdir()
            return path


def _named_in_recipes() -> set[str]:
    """The runs that others learned from: who is gone must not be taken for a new one."""
    names = set()
    for run in list_own_runs():
        with contextlib.suppress(RunError):  # a broken one
            names.update(run.recipe.others)
    return names
