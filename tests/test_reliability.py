"""The commands of docs/reliability.md, for as long as a test may take: workers killed, files of runs damaged."""

import random

import pytest

from fmnist.recipes import registry

from .damage_runs import PAGES, QUICK, Folder
from .kill_workers import Killer

pytestmark = pytest.mark.slow


def test_a_run_whose_workers_are_killed_ends_as_one_that_never_was(home):
    tiny = registry.find("tiny").changed(precision="float32")
    assert Killer(tiny, 2, random.Random(1)).work()


def test_each_command_and_page_is_sound_beside_damaged_files(tiny_training, home):
    folder = Folder(home, tiny_training / "tiny-1", every=17)
    assert len(folder.damaged) == 5
    for run in folder.damaged:
        for words in QUICK:
            folder.command(words, run)
        for page, parameter in PAGES:
            folder.page(page, parameter, run)
    assert folder.problems == []
