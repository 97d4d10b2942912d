"""What the commands about lessons take."""

from typing import Any

from .options import path


def add_lesson(command: Any) -> None:
    """The command `lesson`; `what` is "check"."""
    lesson = command("lesson", help="lessons of your own: check")
    whats = lesson.add_subparsers(required=True, metavar="WHAT", dest="what")
    check = whats.add_parser("check", help="say what is wrong with lesson files, and in which line")
    check.add_argument("files", nargs="+", type=path, metavar="FILE.md")
