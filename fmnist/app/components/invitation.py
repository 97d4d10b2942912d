"""A line that invites a first-time visitor; a click closes it for good in this browser."""

from collections.abc import Callable

from .component import register

_component = register("invitation")


def invitation(sentence: str, label: str, on_accept: Callable[[], None]) -> None:
    """Show the line unless it was closed or accepted in this browser.

    Args:
        sentence: what a visitor is invited to.
        label: of the button that accepts; `on_accept` is called then.
    """
    data = {"sentence": sentence, "label": label}
    _component(data=data, key="invitation", on_accepted_change=on_accept)
