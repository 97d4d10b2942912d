"""How much runs cost that wait for their turn: `python -m tests.measure_waiting [HOW_MANY]`."""

import contextlib
import os
import sys
import tempfile
import time

import psutil

from fmnist.jobs import launcher
from fmnist.recipes import registry
from fmnist.runs import creation, queue

SECONDS = 20.0


def main(count: int) -> None:
    """Start runs behind one that trains, and print what their workers use while they wait."""
    recipe = registry.find("tiny")
    with contextlib.ExitStack() as stack:
        stack.enter_context(queue.turn(creation.create(recipe)))
        waiting = [launcher.start(recipe) for _ in range(count)]
        until(lambda: all(run.status["pid"] for run in waiting))
        processes = [psutil.Process(run.status["pid"]) for run in waiting]
        time.sleep(5)
        before = seconds(processes)
        time.sleep(SECONDS)
        print(f"{count} waiting: {(seconds(processes) - before) / SECONDS:.3f} cores")
        memory = [process.memory_full_info() for process in processes]
        for name in ("rss", "pss", "uss"):
            print(f"{name} of all: {sum(getattr(each, name) for each in memory) / 1e6:,.0f} MB")
        began = time.monotonic()
        for run in waiting:
            launcher.stop(run)
        until(lambda: all(run.state == "stopped" for run in waiting))
        print(f"all stopped after {time.monotonic() - began:.1f} s")


def seconds(processes: list[psutil.Process]) -> float:
    """Of processor time, so far."""
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def until(condition) -> None:
    """Look until it holds."""
    while not condition():
        time.sleep(0.5)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"FMNIST_RUNS": folder, "FMNIST_WORKERS": "1", "FMNIST_WARM": "0"}
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
