"""A training is resumed from a whole checkpoint of its own, or stays as it was."""

import random
import shutil
from pathlib import Path

import pytest

from fmnist.cli.commands import main
from fmnist.jobs import launcher
from fmnist.runs import listing, queue
from fmnist.runs.files import RunError
from fmnist.runs.run import Run
from fmnist.runs.writer import RunWriter

from ..conftest import fill_checkpoint, in_one_sentence

FILES = ("state.npz", "best.npz", "progress.json", "manifest.json")


@pytest.fixture
def other(make_run) -> Run:
    """Another run of the same recipe, with a checkpoint."""
    run = make_run("other", "failed", error="The disk was full.")
    RunWriter(run).save_checkpoint(lambda folder: fill_checkpoint(folder, 1))
    return run


def content(run: Run) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in run.path.rglob("*") if path.is_file()}


def refused(run: Run) -> str:
    """Why the run is not resumed; it is as it was."""
    before, state = content(run), run.state
    with pytest.raises(RunError, match=f"fmnist restart {run.name}") as error:
        launcher.resume(run)
    assert in_one_sentence(str(error.value))
    assert (content(run), run.state) == (before, state)
    return str(error.value)


def cut(path: Path, other: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def flip(path: Path, other: Path) -> None:
    spoiled, rng = bytearray(path.read_bytes()), random.Random(0)
    spoiled[rng.randrange(len(spoiled))] ^= 1
    path.write_bytes(spoiled)


def delete(path: Path, other: Path) -> None:
    path.unlink()


def empty(path: Path, other: Path) -> None:
    path.write_bytes(b"")


def swap(path: Path, other: Path) -> None:
    shutil.copy(other, path)


def make_folder(path: Path, other: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("damage", [cut, flip, delete, empty, swap, make_folder])
@pytest.mark.parametrize("name", FILES)
def test_a_stopped_run_with_a_damaged_checkpoint_keeps_its_model(damage, name, stopped, other):
    damage(stopped.checkpoint / name, other.checkpoint / name)
    assert "checkpoint" in refused(stopped)
    assert stopped.usable


def test_nothing_is_resumed_from_another_runs_checkpoint(stopped, other):
    shutil.rmtree(stopped.checkpoint)
    shutil.copytree(other.checkpoint, stopped.path / "checkpoint")
    assert "of another run" in refused(stopped)


def test_a_training_whose_checkpoint_is_gone_does_not_begin_again_unasked(stopped, interrupted):
    shutil.rmtree(stopped.checkpoint)
    assert "its checkpoint is missing" in refused(stopped)
    for epoch in (1, 2):
        RunWriter(interrupted).add_metrics(epoch=epoch, end_of_epoch=True, loss=1.0, accuracy=0.5)
    assert "its checkpoint is missing" in refused(interrupted)


def test_a_whole_checkpoint_is_resumed_from_and_so_is_a_run_that_had_only_begun(
    stopped, interrupted
):
    launcher.prepare_resume(stopped)
    launcher.prepare_resume(interrupted)
    assert (stopped.state, interrupted.state) == ("queued", "queued")


def test_a_renamed_run_can_be_resumed(stopped):
    renamed = Run(stopped.path.rename(stopped.path.with_name("renamed")))
    launcher.prepare_resume(renamed)
    assert renamed.state == "queued"


def test_the_command_line_says_it_in_one_sentence(stopped, capsys):
    (stopped.checkpoint / "state.npz").unlink()
    assert main(["resume", stopped.name]) == 1
    assert in_one_sentence(capsys.readouterr().err)


def test_a_run_is_trained_again_with_its_settings_or_with_some_changed(stopped, make_run):
    with queue.turn(make_run("training")):  # others wait
        again = launcher.restart(stopped, learning_rate=0.002)
        assert again.recipe == stopped.recipe.changed(learning_rate=0.002)
        assert again.name != stopped.name
        assert again.state == "queued"
        launcher.stop(again)
        assert again.state == "stopped"
    assert listing.list_own_runs()[0] == again
