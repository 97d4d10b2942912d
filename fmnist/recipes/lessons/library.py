"""Which lessons there are: those that ship, and one's own in a folder."""

import functools
import os
import re
from pathlib import Path

from fmnist.machine import folders

from . import reading
from .lesson import Lesson, LessonError

SHIPPED = Path(__file__).parents[2] / "resources" / "lessons"
START = "start"  # the lesson for a first visit
MOST = 200  # own lessons that are read
NAME = re.compile(r"\w[\w .-]{0,63}")


def own_folder() -> Path:
    """Where one's own lessons are: the folder that FMNIST_LESSONS names, or else `lessons` beside the runs."""
    return Path(os.environ.get("FMNIST_LESSONS") or folders.home().parent / "lessons").resolve()


def shipped() -> list[Lesson]:
    """The lessons that ship, in their order."""
    return _in_order([_read(path) for path in SHIPPED.glob("*.md")])


def own() -> tuple[list[Lesson], list[str]]:
    """One's own lessons in their order, and what is wrong with those that cannot be used: a sentence each."""
    found: dict[str, Lesson] = {}
    problems = []
    taken = {path.stem.casefold(): "that ships" for path in SHIPPED.glob("*.md")}
    for path in _files(own_folder()):
        try:
            lesson = _checked(path, taken)
        except LessonError as error:
            problems.append(str(error))
        else:
            found[lesson.name] = lesson
            taken[lesson.name.casefold()] = f"in {path.name}"
    return _in_order(list(found.values())), problems


def find(name: str) -> Lesson:
    """The lesson of that name.

    Raises:
        LessonError: there is none, or its file cannot be used.
    """
    for lesson in shipped():
        if lesson.name == name:
            return lesson
    own_path = next((path for path in _files(own_folder()) if path.stem == name), None)
    if own_path is None:
        shown = " ".join(name[:60].replace("`", "").split())  # as code in Markdown
        raise LessonError(f"There is no lesson `{shown}`; the page Learn lists them all.")
    return _read(own_path)


def _files(folder: Path) -> list[Path]:
    """The lesson files of a folder; none where it cannot be read or is not there."""
    try:
        paths = sorted(
            path for path in folder.iterdir() if path.suffix.casefold() == ".md" and path.is_file()
        )
    except OSError:
        return []
    return [path for path in paths if path.stem.casefold() != "readme"][:MOST]


def _checked(path: Path, taken: dict[str, str]) -> Lesson:
    if not NAME.fullmatch(path.stem):
        shown = path.name.encode("utf-8", "replace").decode()
        raise LessonError(
            f"{shown:.60}: expected a file name of up to 64 letters, digits, - and _."
        )
    if place := taken.get(path.stem.casefold()):
        raise LessonError(
            f"{path.name}: there is a lesson `{path.stem}` {place} already; rename the file."
        )
    return _read(path)


def _read(path: Path) -> Lesson:
    """The lesson in the file, read again only when that has changed.

    Raises:
        LessonError: it cannot be used.
    """
    try:
        state = path.stat()
    except OSError as error:
        raise LessonError(f"{path.name} cannot be read: {error.strerror}.") from None
    found = _read_once(path, state.st_mtime_ns, state.st_size)
    if isinstance(found, LessonError):
        raise found
    return found


@functools.lru_cache(maxsize=2 * MOST)
def _read_once(path: Path, _changed: int, _size: int) -> Lesson | LessonError:
    try:
        return reading.read(path)
    except LessonError as error:
        return error


def _in_order(lessons: list[Lesson]) -> list[Lesson]:
    return sorted(lessons, key=lambda lesson: (lesson.order, lesson.name))
