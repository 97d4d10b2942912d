"""A writer is killed at each of its steps in turn: what it was writing to is as before, or as it was to become."""

import itertools
import json
import shutil

import numpy as np

from fmnist.data import library
from fmnist.data.dataset import Form
from fmnist.people import access
from fmnist.people.access import Access
from fmnist.recipes import registry
from fmnist.runs import creation, listing, queue
from fmnist.runs.writer import RunWriter

from ..conftest import fill_checkpoint, in_one_sentence
from ..ending import killed_at


def each_step(work, prepare=lambda: None):
    """Kill `work` at its first step, its second and so on, each time after `prepare`, until it ends unharmed."""
    for step in itertools.count(1):
        prepare()
        if not killed_at(step, work):
            return
        yield step
    assert step > 2  # or nothing was watched


def test_a_checkpoint_survives_a_writer_that_is_killed_and_the_next_one_too(failed):
    writer = RunWriter(failed)

    def epoch() -> int:
        failed.check_checkpoint()  # it is whole
        return json.loads((failed.checkpoint / "progress.json").read_text())["epoch"]

    def begin() -> None:
        shutil.rmtree(failed.path / "checkpoint", ignore_errors=True)
        shutil.rmtree(failed.path / "checkpoint.old", ignore_errors=True)
        writer.save_checkpoint(lambda folder: fill_checkpoint(folder, 1))

    def save() -> None:
        writer.save_checkpoint(lambda folder: fill_checkpoint(folder, 2))

    gaps = 0
    for first in each_step(save, begin):
        assert epoch() in (1, 2), first
        if (failed.path / "checkpoint").exists():
            continue
        gaps += 1  # killed between two renames: the old one has its name alone
        left = shutil.copytree(failed.path, failed.path.with_name("left"))

        def restore(left=left) -> None:
            shutil.rmtree(failed.path)
            shutil.copytree(left, failed.path)

        for second in each_step(save, restore):
            assert epoch() in (1, 2), (first, second)
        assert epoch() == 2
        shutil.rmtree(left)
    assert gaps == 1


def test_a_status_and_a_result_are_the_old_ones_or_the_new_ones(tiny):
    old, probabilities = tiny.figures, np.full((10_000, 10), 0.1, np.float32)
    for _ in each_step(lambda: RunWriter(tiny).update_status(state="running", epoch=3)):
        assert tiny.state == "finished"
    new = {**old, "epochs": 77}
    for _ in each_step(lambda: RunWriter(tiny).finish(new, probabilities)):
        assert tiny.usable
        assert tiny.figures in (old, new)
        tiny.predictions()
    assert tiny.figures == new


def test_a_stopped_run_that_is_queued_again_keeps_its_model(stopped):
    for _ in each_step(lambda: queue.add(stopped)):
        assert stopped.state != "broken"
        RunWriter(stopped).restore_result()
        assert (stopped.state, stopped.usable) == ("stopped", True)


def test_a_curve_that_is_cut_back_is_whole(running):
    before = running.metrics()
    for _ in each_step(lambda: RunWriter(running).keep_metrics(lambda row: row["epoch"] <= 1)):
        assert running.metrics() in (before, before[:2])


def test_a_run_that_is_half_made_troubles_nobody(tiny, home):
    for _ in each_step(lambda: creation.create(registry.find("tiny"))):
        for run in listing.list_own_runs():
            assert run.state != "broken" or in_one_sentence(run.problem)
        assert tiny in listing.usable_runs()


def test_a_data_set_and_an_owner_are_there_as_a_whole_or_not_at_all(home, tiny):
    arrays = np.zeros((6, 8, 8), np.uint8), np.arange(6, dtype=np.uint8) % 2
    splits = {"train": arrays, "test": arrays}
    for _ in each_step(lambda: library.add("mine", ("a", "b"), Form(8), splits)):
        assert [each.name for each in library.listing()[1:]] in ([], ["mine"])
    library.find("mine").load("test")
    for _ in each_step(lambda: access.write(tiny.path, Access("0" * 16))):
        assert access.read(tiny.path) in (Access(), Access("0" * 16))
