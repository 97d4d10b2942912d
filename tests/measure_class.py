"""How long a class waits until each has a network: `python -m tests.measure_class [PEOPLE] [RECIPE]`.

All press Start at once. Prints when each network was there, against what the queue had said, how accurate it is, what
one look at the queue costs, and the memory of the worker.
"""

import os
import sys
import tempfile
import time
from typing import NamedTuple

import psutil

from fmnist.jobs import launcher
from fmnist.people.acting import acting_as
from fmnist.people.person import Person
from fmnist.recipes import registry
from fmnist.runs import forecast
from fmnist.runs.run import Run
from fmnist.runs.states import ACTIVE

LOOK = 0.2  # seconds


class Student(NamedTuple):
    """A person of the class, and what came of their run."""

    run: Run
    said: float  # seconds until it would train, by the queue, just after all had started theirs


def main(people: int, name: str) -> int:
    """The exit status: 0 where each has a network."""
    recipe, began = registry.find(name), time.monotonic()
    runs = []
    for number in range(people):
        with acting_as(Person(f"{number:016x}")):
            runs.append(launcher.start(recipe.changed(seed=number)))
    print(f"{people} runs of {name} started in {time.monotonic() - began:.1f} s", flush=True)
    places, cost = timed_look()
    students = [Student(run, places[run].seconds if run in places else 0.0) for run in runs]
    memory = follow(students, began)
    figures = [run.result for run in runs if run.result]
    if figures:
        for kind in ("validation", "test"):
            found = sorted(each.get(f"{kind}_accuracy", 0.0) for each in figures)
            print(f"{kind} accuracy: {found[0]:.2%} to {found[-1]:.2%}")
    print(f"a look at the queue: {1000 * cost:.1f} ms; worker: at most {memory / 1e6:,.0f} MB")
    print(f"{len(figures)} of {people} have a network after {time.monotonic() - began:.0f} s")
    return 0 if len(figures) == people else 1


def timed_look() -> tuple[dict[Run, forecast.Place], float]:
    """All places in the queue, and the seconds that finding them took."""
    forecast.of_all()  # what ships is read once
    began = time.monotonic()
    return forecast.of_all(), time.monotonic() - began


def follow(students: list[Student], began: float) -> float:
    """Print when each has ended, until all have; the most bytes that a worker had."""
    left, begun, memory = list(students), set[Run](), 0.0
    while left:
        for student in list(left):
            run, now = student.run, time.monotonic() - began
            state = run.state
            if state == "running" and run not in begun:
                begun.add(run)
                print(f"{now:5.0f} s: {run.name} trains; the queue had said {student.said:.0f} s")
            if state not in ACTIVE:
                left.remove(student)
                accuracy = f"{run.result['test_accuracy']:.2%}" if run.result else run.log()[-300:]
                print(f"{now:5.0f} s: {run.name} {state}: {accuracy}", flush=True)
            elif state == "running":
                memory = max(memory, psutil.Process(run.status["pid"]).memory_info().rss)
        time.sleep(LOOK)
    return memory


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.environ |= {"FMNIST_RUNS": folder, "FMNIST_MODE": "class", "FMNIST_WORKERS": "1"}
        people = int(sys.argv[1]) if len(sys.argv) > 1 else 30
        sys.exit(main(people, sys.argv[2] if len(sys.argv) > 2 else registry.SHORTEST))
