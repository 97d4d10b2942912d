"""What a user does with sweeps as a whole: stop, delete."""

import contextlib
import os
import shutil
from collections.abc import Iterator

from fmnist.machine.disk import explain
from fmnist.people import access, mode

from . import numbering
from .files import RunError
from .sweeps import ACTIVE, Sweep


def stop(sweep: Sweep) -> None:
    """Ask a sweep to end: its runs are stopped, and resumed with it.

    Raises:
        RunError: it is somebody else's, or not active.
    """
    check_owner(sweep)
    if (state := sweep.state) not in ACTIVE:
        raise RunError(f"The sweep {sweep.name} is {state}; only an active one can be stopped.")
    with errors_in_words(sweep):
        (sweep.path / "stop").touch()


def delete(sweep: Sweep) -> None:
    """Delete a sweep for good; its runs stay.

    Raises:
        RunError: it is somebody else's, active or gone, or cannot be deleted.
    """
    if sentence := mode.refusal("keep"):
        raise RunError(sentence)
    check_owner(sweep)
    if (state := sweep.state) in ACTIVE:
        raise RunError(f"The sweep {sweep.name} is {state}; stop it first, then delete it.")
    hidden = sweep.path.with_name(f".deleted-{sweep.name}-{os.urandom(4).hex()}")
    with errors_in_words(sweep):
        os.replace(sweep.path, hidden)
    numbering.retire(hidden.parent, sweep.name)
    for folder in hidden.parent.glob(".deleted-*"):  # what could not be removed before, too
        shutil.rmtree(folder, ignore_errors=True)


def check_owner(sweep: Sweep) -> None:
    """See that who acts may change a sweep.

    Raises:
        RunError: it is somebody else's.
    """
    if sentence := access.refusal(sweep.path):
        raise RunError(sentence)


@contextlib.contextmanager
def errors_in_words(sweep: Sweep) -> Iterator[None]:
    """Meanwhile an OSError is a RunError, in a sentence."""
    try:
        yield
    except FileNotFoundError:
        raise RunError(f"The sweep {sweep.name} no longer exists: it was deleted.") from None
    except OSError as error:
        raise RunError(f"The sweep {sweep.name} cannot be written to: {explain(error)}") from None
