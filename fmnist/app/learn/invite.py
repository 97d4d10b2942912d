"""The line that leads a first-time visitor into the lesson Start here."""

from fmnist.app.components.invitation import invitation
from fmnist.app.shared import lesson
from fmnist.recipes.lessons import library

SENTENCE = "New here? Draw something, train a network, find its mistakes."


def show() -> None:
    """The line, unless a lesson is open."""
    if not lesson.opened():
        start = library.find(library.START)
        label = f"{start.title} · {start.minutes} minutes"
        invitation(SENTENCE, label, lambda: lesson.open_at(library.START))
