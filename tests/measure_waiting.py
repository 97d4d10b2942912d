"""How much runs cost that wait for their turn: `python -m tests.measure_waiting [HOW_MANY] [--shell]`.

Those that a page has started wait as files; with `--shell` each is a `train` command of its own.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
import time

import psutil

from fmnist.jobs import launcher
from fmnist.recipes import registry
from fmnist.runs import creation, forecast, queue
from fmnist.runs.run import Run

SECONDS = 20.0


def main(count: int, shell: bool) -> None:
    """Start runs behind one that trains, and print what they use while they wait."""
    recipe = registry.find("tiny")
    with contextlib.ExitStack() as stack:
        stack.enter_context(queue.turn(creation.create(recipe)))
        if shell:
            measure_processes(count)
            return
        began = time.monotonic()
        waiting = [launcher.start(recipe) for _ in range(count)]
        print(f"{count} started in {time.monotonic() - began:.1f} s; {len(workers())} processes")
        forecast.of_all()
        began = time.process_time()
        for _ in range(100):
            forecast.of_all()
        print(f"all places and times: {10 * (time.process_time() - began):.1f} ms")
        began = time.process_time()
        for _ in range(100):
            launcher.bring_workers()
        print(f"whether a worker is wanted: {10 * (time.process_time() - began):.2f} ms")
        stop(waiting)


def measure_processes(count: int) -> None:
    """Of that many `train` commands."""
    command = [sys.executable, "-m", "fmnist", "train", "tiny"]
    processes = [
        psutil.Process(subprocess.Popen(command, stdout=subprocess.DEVNULL).pid)
        for _ in range(count)
    ]
    until(lambda: len(queue.waiting()) == count + 1)
    time.sleep(5)
    before = seconds(processes)
    time.sleep(SECONDS)
    print(f"{count} waiting: {(seconds(processes) - before) / SECONDS:.3f} cores")
    memory = [process.memory_full_info() for process in processes]
    for name in ("rss", "pss", "uss"):
        print(f"{name} of all: {sum(getattr(each, name) for each in memory) / 1e6:,.0f} MB")
    stop(queue.waiting()[1:])


def stop(waiting: list[Run]) -> None:
    """Stop all, and print how long that takes."""
    began = time.monotonic()
    for run in waiting:
        launcher.stop(run)
    until(lambda: all(run.state == "stopped" for run in waiting))
    print(f"all stopped after {time.monotonic() - began:.1f} s")


def workers() -> list[psutil.Process]:
    """The processes that this one has started."""
    return psutil.Process().children()


def seconds(processes: list[psutil.Process]) -> float:
    """Of processor time, so far."""
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def until(condition) -> None:
    """Look until it holds."""
    while not condition():
        time.sleep(0.5)


if __name__ == "__main__":
    given = [word for word in sys.argv[1:] if word != "--shell"]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.environ |= {"FMNIST_RUNS": folder, "FMNIST_WORKERS": "1", "FMNIST_WARM": "0"}
        main(int(given[0]) if given else 30, "--shell" in sys.argv)
