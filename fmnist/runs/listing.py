"""All runs that who acts may see, and one of them by its name."""

import contextlib
import difflib
from collections.abc import Iterator
from pathlib import Path

from fmnist.data.dataset import DataSet
from fmnist.machine import folders
from fmnist.people import access, acting
from fmnist.people.person import OWNER, Person
from fmnist.recipes.registry import DEFAULT

from .files import RunError, is_folder
from .run import Run

SHOWN = 20  # runs that a message names at most


def list_runs() -> list[Run]:
    """All runs, broken ones too: the shipped ones by name, then the user's, newest first."""
    return [*(Run(path) for path in sorted(_folders(folders.SHIPPED))), *list_own_runs()]


def list_own_runs() -> list[Run]:
    """The user's runs, and in a class those that others share; broken ones too, newest first."""
    return visible_to(acting.person())


def visible_to(person: Person) -> list[Run]:
    """The runs but the shipped ones that a person may see, newest first."""
    found = [run for run in own_folders() if access.may_see(person, run.path)]
    return sorted(found, key=_newest_first)


def everybodys() -> list[Run]:
    """All runs but the shipped ones, newest first, whoever asks: for what treats all people alike."""
    return sorted(own_folders(), key=_newest_first)


def own_folders() -> Iterator[Run]:
    """Everybody's runs, in no order and without a look into their files."""
    return map(Run, _folders(folders.home()))


def usable_runs() -> list[Run]:
    """The runs that have a trained model, the default first, then as `list_runs`, those of sweeps last."""
    found = [run for run in list_runs() if run.usable]
    default = folders.SHIPPED / DEFAULT
    return sorted(found, key=lambda run: (run.path != default, is_of_sweep(run)))


def is_of_sweep(run: Run) -> bool:
    """Whether a sweep has started the run: of these there are many."""
    with contextlib.suppress(RunError):  # a broken one
        return run.sweep is not None
    return False


def trained_on(dataset: DataSet) -> list[str]:
    """The names of all runs that learned from a data set, as `list_runs` has them."""
    found = []
    for run in list_runs():
        with contextlib.suppress(RunError):  # a broken run says nothing
            if run.dataset.digest == dataset.digest:
                found.append(run.name)
    return found


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
    raise unknown("run", name, names)


def unknown(kind: str, name: str, names: list[str]) -> RunError:
    """The error that nothing of that kind has a name; it names some of those that there are, the most similar ones."""
    near = difflib.get_close_matches(name[:80], names, SHOWN) or names[:SHOWN]
    more = f" and {len(names) - len(near)} more" if len(names) > len(near) else ""
    return RunError(
        f"There is no {kind} {name[:80]!r}; there are: {', '.join(near) or 'none yet'}{more}."
    )


def named(argument: str) -> Run:
    """A run by its directory or its name, as on the command line; see `Run.argument`.

    Raises:
        RunError: there is none.
    """
    path = Path(argument)
    if acting.person() == OWNER and (path / "run.json").is_file():
        return Run(path.resolve())
    return find(argument)


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
