"""The line that leads a first-time visitor into the lesson Start here."""

from fmnist.app.components.invitation import invitation
from fmnist.app.shared import lesson
from fmnist.recipes.lessons import library

SENTENCE = "New here? Draw, train a network, find its mistakes: {} minutes."


def show() -> None:
    """The line, unless a lesson is open."""
    if not lesson.opened():
        start = library.find(library.START)
        sentence = SENTENCE.format(start.minutes)
        invitation(sentence, start.title, lambda: lesson.open_at(library.START))
