"""Who may change a run: who made it, and the teacher of a class."""

from fmnist.people import access

from .files import RunError
from .run import Run


def refusal(run: Run) -> str | None:
    """Why who acts may neither change a run nor take it along, in a sentence; None where they may."""
    return None if run.shipped else access.refusal(run.path)


def check(run: Run) -> None:
    """See that who acts may change a run, or take it along.

    Raises:
        RunError: it is somebody else's.
    """
    if sentence := refusal(run):
        raise RunError(sentence)
