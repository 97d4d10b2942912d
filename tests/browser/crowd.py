"""A class on one server: `python -m tests.browser.crowd --people 30 --every 5 --minutes 2 --training`.

Everybody draws, a stroke every few seconds; printed are the seconds from a stroke to its prediction, what went wrong, and
the server's processor time and memory. `--rounds 10` has that many classes come, draw and leave instead.
"""

import argparse
import asyncio
import base64
import concurrent.futures
import contextlib
import gc
import hashlib
import itertools
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import psutil
from anyio.from_thread import start_blocking_portal

from fmnist.app.server.person_cookie import NAME
from fmnist.jobs import launcher
from fmnist.people import classroom, members
from fmnist.people.mode import MODES
from fmnist.people.person import id_of
from fmnist.recipes import registry
from fmnist.runs.run import Run

from . import browsing, measure, serving
from .drawings import drawings
from .person import Person
from .serving import Server

ARRIVING = 0.25  # seconds between the arrivals of two people
RECIPE = "everyday"  # trains for longer than anybody measures
STROKES = 2  # of each person in a round


class Pace(NamedTuple):
    """How many draw, and how."""

    people: int
    every: float  # seconds from one stroke of a person to the next
    seconds: float  # that each draws


class Tally:
    """What all people met together."""

    def __init__(self) -> None:
        self.opened: list[float] = []  # seconds until the page was whole
        self.answered: list[float] = []  # seconds from a stroke to its prediction
        self.errors: list[str] = []

    @contextlib.contextmanager
    def note_errors(self) -> Iterator[None]:
        """Errors of one person end that person's visit alone."""
        try:
            yield
        except Exception as error:  # whatever it is, it is what a person would have met
            self.errors.append(f"{type(error).__name__}: {error}")


def main() -> None:
    """Read the options, measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser.crowd", description=__doc__)
    parser.add_argument("--people", type=int, default=30, metavar="N")
    parser.add_argument("--every", type=float, default=5.0, metavar="SECONDS")
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--training", action="store_true", help=f"train {RECIPE} meanwhile")
    parser.add_argument("--browser", action="store_true", help="one more, in Chromium")
    parser.add_argument("--rounds", type=int, default=0, metavar="N", help="of coming and leaving")
    parser.add_argument("--mode", choices=MODES, default="personal", help="of the app")
    options = parser.parse_args()
    os.environ["FMNIST_MODE"] = options.mode
    with (
        tempfile.TemporaryDirectory() as folder,
        serving.running_server(Path(folder) / "runs", warm=False) as server,
    ):
        if options.mode == "class":
            let_in(server, options.people * (options.rounds + 1) + 1)
        run = start_training(server) if options.training else None
        if options.rounds:
            come_and_leave(server, options.people, options.rounds)
        else:
            pace = Pace(options.people, options.every, 60 * options.minutes)
            with concurrent.futures.ThreadPoolExecutor() as beside:
                watched = (
                    beside.submit(in_chromium, server, options.people) if options.browser else None
                )
                draw_together(server, pace)
            if watched:
                report("In Chromium beside them", watched.result())
        if run:
            print(f"Training: {run.status.get('images_per_second', 0):,.0f} images a second")
        for line in server.complaints()[:5]:
            print(f"The server's log: {line}")


def secret(number: int) -> str:
    """The secret of a person's browser, as the app gives them."""
    digest = hashlib.sha256(str(number).encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def let_in(server: Server, people: int) -> None:
    """Make all of them members of the class."""
    os.environ["FMNIST_RUNS"] = str(server.runs)
    code = classroom.begin("a long password")
    for number in range(people):
        members.join(id_of(secret(number)), code)


def start_training(server: Server) -> Run:
    """Start a run as the Train page does, and wait until it trains."""
    os.environ["FMNIST_RUNS"] = str(server.runs)
    run = launcher.start(registry.find(RECIPE))
    deadline = time.monotonic() + 180
    while run.status.get("phase") != "training":
        if time.monotonic() > deadline:
            raise RuntimeError(f"{run.name} does not train: {run.state}")
        time.sleep(1)
    return run


def in_chromium(server: Server, number: int) -> list[float]:
    """Seconds from a stroke to its prediction for the person of that number, who has a browser."""
    with serving.running_chromium() as browser:
        context = browser.new_context(**browsing.DESKTOP)
        context.add_cookies([{"name": NAME, "value": secret(number), "url": server.url}])
        context.set_default_timeout(measure.PATIENCE)
        return [milliseconds / 1000 for milliseconds in measure.strokes(context, server)]


def _in_a_loop(work: Callable[..., Coroutine], *arguments: object):
    """What the coroutine returns: in a thread of its own, as Playwright may have an event loop in this one."""
    with start_blocking_portal() as portal:
        return portal.call(work, *arguments)


def draw_together(server: Server, pace: Pace) -> Tally:
    """All draw at once, each at times of their own; print what they met."""
    tally = Tally()
    used, took = _in_a_loop(_crowd, server, tally, pace)
    strokes = len(tally.answered)
    print(f"{pace.people} people, a stroke every {pace.every:g} s each: {strokes} in {took:.0f} s")
    print(f"Errors: {len(tally.errors)} {sorted(set(tally.errors))[:5] or ''}")
    print(
        f"Server: {1000 * used / max(1, strokes):.0f} ms of processor time a stroke, "
        f"{used / took:.2f} cores, {server.memory():.0f} MB"
    )
    report("Page opened", tally.opened)
    report("Stroke to prediction", tally.answered)
    return tally


async def _crowd(server: Server, tally: Tally, pace: Pace) -> tuple[float, float]:
    """Seconds of processor time that the server used while all drew, and seconds by the clock."""
    begin = asyncio.Event()
    visits = [
        asyncio.create_task(visit(server.url, tally, number, pace, begin))
        for number in range(pace.people)
    ]
    while len(tally.opened) + len(tally.errors) < pace.people:
        await asyncio.sleep(0.1)
    gc.disable()  # a pause here would be taken for one of the server's
    process = psutil.Process(server.process.pid)
    began, before = time.monotonic(), _processor(process)
    begin.set()
    await asyncio.gather(*visits)
    return _processor(process) - before, time.monotonic() - began


async def visit(url: str, tally: Tally, number: int, pace: Pace, begin: asyncio.Event) -> None:
    """One person comes, draws at a fixed pace, and leaves.

    Who still waits for an answer when the next stroke is due draws it late, and its time counts from when it was due.
    """
    chance = random.Random(number)
    sketches = drawings(chance)
    with tally.note_errors():
        await asyncio.sleep(number * ARRIVING)
        came = time.monotonic()
        async with Person(url, secret(number)) as person:
            tally.opened.append(time.monotonic() - came)
            await begin.wait()
            start = time.monotonic() + chance.uniform(0, pace.every)
            for place in itertools.count():
                due = start + place * pace.every
                if due > start + pace.seconds:
                    return
                sketch = next(sketches)
                await asyncio.sleep(due - time.monotonic())
                late = max(0.0, time.monotonic() - due)
                tally.answered.append(late + await person.draw(*sketch))


def come_and_leave(server: Server, people: int, rounds: int) -> None:
    """Rounds of as many new people each, who draw and leave; print the server's memory after each."""
    tally, memory = Tally(), []
    for number in range(1, rounds + 1):
        _in_a_loop(_round, server.url, tally, people, number)
        memory.append(server.memory())
        print(
            f"Round {number}: {len(tally.answered)} strokes, {len(tally.errors)} errors so far, "
            f"{memory[-1]:.0f} MB",
            flush=True,
        )
    report("Stroke to prediction", tally.answered)
    print(f"Errors: {len(tally.errors)} {sorted(set(tally.errors))[:5] or ''}")
    settled = memory[len(memory) // 2 :]
    slope = np.polyfit(range(len(settled)), settled, 1)[0] if len(settled) > 1 else 0.0
    print(f"Highest: {max(memory):.0f} MB; over the second half {slope:+.1f} MB a round")


async def _round(url: str, tally: Tally, people: int, number: int) -> None:
    async def one(place: int) -> None:
        sketches = drawings(random.Random(1000 * number + place))
        with tally.note_errors():
            await asyncio.sleep(place * ARRIVING)
            async with Person(url, secret(people * number + place)) as person:
                for _, sketch in zip(range(STROKES), sketches, strict=False):
                    tally.answered.append(await person.draw(*sketch))
                    await asyncio.sleep(1)

    await asyncio.gather(*map(one, range(people)))


def report(what: str, times: list[float]) -> None:
    """Print a line: median, 95th percentile and longest of some seconds."""
    if times:
        middle, high = statistics.median(times), float(np.percentile(times, 95))
        print(f"{what}: median {middle:.2f} s, 95 % {high:.2f} s, longest {max(times):.2f} s")


def _processor(process: psutil.Process) -> float:
    """Seconds of processor time so far."""
    return sum(process.cpu_times()[:2])


if __name__ == "__main__":
    main()
