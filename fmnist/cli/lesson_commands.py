"""The commands about lessons: lesson check."""

import argparse
import sys

from fmnist.recipes.lessons import library, reading
from fmnist.recipes.lessons.lesson import Lesson, LessonError


def lesson(options: argparse.Namespace) -> int:
    """Check lesson files; 1 if one of them cannot be used."""
    problems = 0
    for path in options.files:
        try:
            print(_in_words(reading.read(path)))
        except LessonError as error:
            problems += 1
            print(f"fmnist: {error}", file=sys.stderr)
    if not problems:
        print(f"Put the file into {library.own_folder()}: the page Learn shows it.")
    return min(problems, 1)


def _in_words(found: Lesson) -> str:
    hidden = f", hides {', '.join(sorted(found.hide))}" if found.hide else ""
    return f"{found.path.name}: {found.title}, {found.minutes} minutes, {len(found.steps)} steps{hidden}"
