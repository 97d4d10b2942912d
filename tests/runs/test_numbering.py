"""A run's number is given once."""

import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest

from fmnist.recipes import registry
from fmnist.runs import creation, manage, numbering
from fmnist.runs.run import Run
from fmnist.runs.writer import RunWriter

from ..conftest import python

TINY = registry.find("tiny")


@pytest.fixture
def ended(home):
    """A function that makes a run of a recipe which has ended."""

    def ended() -> Run:
        run = creation.create(TINY)
        RunWriter(run).update_status(state="failed", error="The disk was full.")
        return run

    return ended


@pytest.mark.parametrize(
    "lose",
    [
        manage.delete,
        lambda run: manage.rename(run, "mine"),
        lambda run: shutil.rmtree(run.path),
    ],
)
def test_the_number_of_a_run_that_was_deleted_or_renamed_is_not_given_again(lose, ended):
    first = ended()
    lose(first)
    assert (first.name, creation.create(TINY).name) == ("tiny-1", "tiny-2")


def test_a_name_that_somebody_chose_is_not_given_after_it_was_deleted(ended):
    manage.delete(manage.rename(ended(), "tiny-7"))
    assert creation.create(TINY).name == "tiny-8"


@pytest.mark.parametrize(
    "damage", ["", "{", "[]", '{"tiny": -5}', '{"tiny": "x"}', '{"tiny": 1e400}', None]
)
def test_without_its_file_the_names_in_use_count(damage, ended, home):
    ended(), ended(), ended()
    (home / ".numbers.json").unlink()
    if damage is not None:
        (home / ".numbers.json").write_text(damage)
    assert creation.create(TINY).name == "tiny-4"


@pytest.mark.parametrize("place", [".derived/tiny-5", ".deleted-tiny-5-0123abcd", "tiny-5"])
def test_a_name_that_is_left_anywhere_is_in_use(place, home):
    (home / place).mkdir(parents=True)
    assert creation.create(TINY).name == "tiny-6"


def test_the_name_of_a_run_that_another_learned_from_is_in_use(ended, home):
    first, second = ended(), creation.create(TINY.changed(pretrained="tiny-9"))
    shutil.rmtree(first.path)
    (home / ".numbers.json").unlink()
    assert (second.name, creation.create(TINY).name) == ("tiny-2", "tiny-10")


def test_each_recipe_counts_for_itself(ended):
    ended()
    assert creation.create(registry.find("kernels-64")).name == "kernels-64-1"
    assert creation.create(registry.find("kernels-64-dropout")).name == "kernels-64-dropout-1"


def test_a_number_without_end_is_no_number_of_ours(home):
    for name in ("tiny-" + "9" * 40, "tiny-007", "tiny-x"):
        (home / name).mkdir(parents=True)
    assert creation.create(TINY).name == "tiny-1"


def test_two_programs_at_the_same_moment_get_different_numbers(home):
    code = """
from fmnist.recipes import registry
from fmnist.runs import creation
print(*(creation.create(registry.find("tiny")).name for _ in range(10)))
"""
    with ThreadPoolExecutor(2) as programs:
        names = " ".join(programs.map(lambda _: python(code), range(2))).split()
    assert sorted(names) == sorted(f"tiny-{number}" for number in range(1, 21))


def test_many_threads_at_the_same_moment_get_different_numbers(home):
    home.mkdir()
    with ThreadPoolExecutor(16) as people:
        names = list(people.map(lambda _: numbering.take(home, "tiny", ()), range(40)))
    assert sorted(names) == sorted(f"tiny-{number}" for number in range(1, 41))
