"""Measure what visitors and trainings cost, for fmnist/resources/capacity.toml: `python -m tests.measure_capacity WHAT`.

visitors  memory of the server, of each page more, processor time of a stroke (people as in tests/browser/crowd.py)
page      what a browser loads for its first page
runs      a look at the queue, and a list of all runs, for each run in the folder
cluster   processor time of the process that follows a cluster, for each second of a training; Ray's memory on a node
"""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from fmnist.jobs import launcher
from fmnist.machine import folders
from fmnist.recipes import registry
from fmnist.runs import creation, forecast, listing, queue
from fmnist.runs.states import ACTIVE

from .browser import browsing, crowd, serving
from .cluster import nodes

FEW, MANY = 2, 42  # people who draw at once
PACE = crowd.Pace(0, every=5.0, seconds=40.0)
KEPT = 2_000  # runs


def visitors() -> None:
    """The server's memory with few and with many people, and what a stroke of many costs."""
    memory = {}
    for people in (FEW, MANY):
        with (
            tempfile.TemporaryDirectory() as folder,
            serving.running_server(Path(folder), False) as server,
        ):
            crowd.draw_together(server, PACE._replace(people=people))
            memory[people] = server.memory()
    each = (memory[MANY] - memory[FEW]) / (MANY - FEW)
    print(f"server: {memory[FEW] - FEW * each:.0f} MB; session: {each:.1f} MB")


def page() -> None:
    """The bytes that Chromium loads, with an empty cache, until the canvas is there."""
    loaded = 0

    def add(event: dict) -> None:
        nonlocal loaded
        loaded += event["encodedDataLength"]

    with (
        tempfile.TemporaryDirectory() as folder,
        serving.running_server(Path(folder), False) as server,
        serving.running_chromium() as browser,
    ):
        tab = browser.new_page(**browsing.DESKTOP)
        network = tab.context.new_cdp_session(tab)
        network.send("Network.enable")
        network.on("Network.loadingFinished", add)
        tab.goto(server.url)
        browsing.canvas(tab).wait_for()
        tab.wait_for_load_state("networkidle")
    print(f"opening: {loaded / 1e6:.1f} MB")


def runs() -> None:
    """The time of a look at the queue and of a list of all runs, for each run that is kept."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FMNIST_RUNS"] = folder
        queue.leave(creation.create(registry.find("tiny")))  # or there is nothing to look for
        for number in range(KEPT):
            copy = Path(folder, f"sprint-{number + 1}")
            copy.mkdir()
            for name in ("run.json", "result.json"):
                shutil.copy(folders.SHIPPED / "sprint" / name, copy)
            for name in ("model.keras", "model.tflite", "predictions.npz"):
                (copy / name).touch()  # they are looked for, and not read
        print(f"look: {_timed(forecast.of_all) / KEPT * 1e6:.0f} microseconds")
        print(f"list: {_timed(listing.usable_runs) / KEPT * 1e6:.0f} microseconds")


def _timed(look: Callable[[], object]) -> float:
    """Seconds of processor time: the least of some."""
    times = []
    for _ in range(7):
        began = time.process_time()
        look()
        times.append(time.process_time() - began)
    return min(times)


def cluster() -> None:
    """What trainings on a cluster cost at home, and Ray on a node."""
    recipe = registry.find("sprint")
    with tempfile.TemporaryDirectory() as folder, nodes.cluster(2) as cluster:
        ray = sum(each.memory_full_info().pss for each in cluster.nodes[0].processes("ray"))
        os.environ |= {"FMNIST_RUNS": folder, **cluster.environment}
        trained = [launcher.start(recipe.changed(seed=seed)) for seed in range(len(cluster.nodes))]
        used, follower = 0.0, None
        while any(run.state in ACTIVE for run in trained):
            for run in trained:
                if run.state == "running" and (pid := run.status.get("pid")):
                    follower = psutil.Process(pid)
                    used = sum(follower.cpu_times()[:2])
            time.sleep(1)
        if follower:
            follower.terminate()
        seconds = sum(run.figures["seconds"] for run in trained)
        print(f"node: {ray / 1e6:.0f} MB of Ray")
        print(f"place: {used:.1f} s for {seconds:.0f} s of training: {used / seconds:.3f}")


if __name__ == "__main__":
    {each.__name__: each for each in (visitors, page, runs, cluster)}[sys.argv[1]]()
