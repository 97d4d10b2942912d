"""Reads a lesson file: its front matter, its steps, and the links in them."""

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl

from . import front_matter, places
from .lesson import EVENTS, Kind, Lesson, LessonError, Link, Part, Step

LARGEST = 200_000  # bytes; a lesson of ten steps has 6,000
MOST_STEPS = 40
# Bounded, so that no line takes long; within a link's text there may be no bracket.
LINK = re.compile(r"(?<!!)\[([^\]\n]{0,300})\]\(\s{0,9}<?([^)\s>]{0,5000})>?[^)\n]{0,300}\)")
CHOICE = re.compile(r"\s*[-*] \[([ xX])\]\s+(.+)")
DONE = re.compile(r" {0,3}Done when:(.*)", re.IGNORECASE)
ELSEWHERE = re.compile(r"(https?:|mailto:|#)")  # what is no link into the app begins so
SOLUTION, TEACHERS = "solution", "for teachers"


class Line(NamedTuple):
    """A line of the file."""

    number: int  # from 1
    text: str
    code: bool  # whether it is in a block of code, where nothing has a meaning


class Section(NamedTuple):
    """A heading and what is below it."""

    heading: Line
    lines: list[Line]


def read(path: Path) -> Lesson:
    """The lesson in a file, checked.

    Raises:
        LessonError: it cannot be used; the message names the file and, where there is one, the line.
    """
    try:
        return _parse(path, _text(path))
    except LessonError as error:
        raise LessonError(f"{path.name}, {error}") from None


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise LessonError(f"which cannot be read: {error.strerror}.") from None
    if len(content) > LARGEST:
        raise LessonError(f"which has over {LARGEST // 1000} KB; expected a text of a few pages.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise LessonError(
            f"line {line}: not UTF-8; save the file with the encoding UTF-8."
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _parse(path: Path, text: str) -> Lesson:
    front, body, first = front_matter.split(text)
    before, sections = _sections(list(_lines(body, first)))
    steps: list[Step] = []
    teachers: tuple[Part, ...] = ()
    for section in sections:
        heading = section.heading.text.casefold()
        if heading == TEACHERS:
            teachers = _parts(section.lines)
        elif heading == SOLUTION:
            steps[-1:] = [_solved(steps, section)]
        else:
            steps.append(_step(section))
    if not steps or len(steps) > MOST_STEPS:
        many = f"{len(steps)} steps; expected at most {MOST_STEPS}" if steps else "no step"
        raise LessonError(f'which has {many}: each begins with a line "## …".')
    return Lesson(
        path.stem,
        front.title,
        front.minutes,
        front.hide,
        front.order,
        _parts(before),
        tuple(steps),
        teachers,
        path,
    )


def _lines(body: str, first: int) -> Iterator[Line]:
    """The lines of the body, which begins with line `first` of the file."""
    fence = ""
    for number, text in enumerate(body.split("\n"), first):
        mark = re.match(r" {0,3}(`{3,}|~{3,})", text)
        if mark and not fence:
            fence = mark[1]
            yield Line(number, text, True)
            continue
        yield Line(number, text, bool(fence))
        if mark and mark[1].startswith(fence):
            fence = ""


def _sections(lines: list[Line]) -> tuple[list[Line], list[Section]]:
    """The lines before the first heading, and each heading with its lines."""
    before: list[Line] = []
    sections: list[Section] = []
    for line in lines:
        if not line.code and line.text.startswith("## "):
            heading = line._replace(text=line.text[3:].strip(" #"))
            sections.append(Section(heading, []))
        else:
            (sections[-1].lines if sections else before).append(line)
    return before, sections


def _step(section: Section) -> Step:
    title, kind = section.heading.text, _kind(section.heading.text)
    rest, choices, outcome, done = [], [], None, None
    for line in section.lines:
        if not line.code and kind == "prediction" and (choice := CHOICE.fullmatch(line.text)):
            choices.append(choice[2].strip())
            outcome = choices[-1] if choice[1] != " " else outcome
        elif not line.code and (when := DONE.fullmatch(line.text)):
            done = _event(when[1].strip(" ."), line)
        else:
            rest.append(line)
    if len(choices) == 1:
        raise LessonError(
            f"line {section.heading.number}: a prediction needs two choices, or none."
        )
    return Step(title, kind, _parts(rest), tuple(choices), outcome, done_when=done)


def _kind(heading: str) -> Kind:
    first = heading.casefold()
    return (
        "prediction"
        if first.startswith("predict")
        else "question"
        if first.startswith("question")
        else "task"
    )


def _event(name: str, line: Line) -> str:
    if name in EVENTS:
        return name
    raise LessonError(
        f"line {line.number}: `Done when: {name:.40}`; expected one of {', '.join(EVENTS)}."
    )


def _solved(steps: list[Step], section: Section) -> Step:
    """The last step, with its solution."""
    if not steps or steps[-1].solution:
        raise LessonError(
            f"line {section.heading.number}: a solution without a question before it."
        )
    return dataclasses.replace(steps[-1], solution=_parts(section.lines))


def _parts(lines: list[Line]) -> tuple[Part, ...]:
    """Texts, and the links that stand alone between them."""
    parts: list[Part] = []
    text: list[str] = []
    for line in lines:
        link = None if line.code else _link(line)
        if link is None:
            text.append(line.text)
            continue
        parts += [*_markdown(text), link]
        text = []
    return (*parts, *_markdown(text))


def _markdown(lines: list[str]) -> list[Part]:
    text = "\n".join(lines).strip("\n")
    return [text] if text.strip() else []


def _link(line: Line) -> Link | None:
    """The link into the app that is the whole line, if it is one.

    Raises:
        LessonError: it leads nowhere, or stands between words.
    """
    for found in LINK.finditer(line.text):
        target = found[2]
        if ELSEWHERE.match(target):
            continue
        if found[0] != line.text.strip():
            raise LessonError(
                f"line {line.number}: the link `{target:.60}` leads into the app; give it a line of its own, where it "
                "becomes a button."
            )
        page, _, query = target.partition("?")
        page, given = page.strip("/"), tuple(parse_qsl(query, keep_blank_values=True))
        if problem := places.problem(page, given):
            raise LessonError(f"line {line.number}: {problem} (in the link `{target:.60}`).")
        return Link(found[1].strip() or page, page, given)
    return None
