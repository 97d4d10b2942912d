"""What is worked out is kept, is about the model it says, and survives accidents."""

import shutil
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from fmnist.runs import cache
from fmnist.runs.files import RunError


class Counted:
    """Something that is worked out, and how often it was."""

    def __init__(self, value: float = 1.0):
        self.times, self.value = 0, value

    def __call__(self) -> dict[str, np.ndarray]:
        self.times += 1
        return {"numbers": np.full(3, self.value)}


def test_what_was_worked_out_once_is_read_from_then_on(tiny):
    work = Counted()
    for _ in range(3):
        assert cache.kept(tiny, "numbers", work)["numbers"].tolist() == [1, 1, 1]
    assert work.times == 1


def test_it_lies_beside_the_runs_and_the_run_is_not_touched(tiny, home):
    before = sorted(tiny.path.iterdir())
    cache.kept(tiny, "numbers", Counted())
    assert sorted(tiny.path.iterdir()) == before
    assert list((home / ".derived" / "tiny-1").glob("numbers-*.npz"))


def test_another_model_in_the_same_place_is_another_matter(tiny):
    cache.kept(tiny, "numbers", Counted())
    former = cache.place(tiny, "numbers")
    with open(tiny.path / "model.tflite", "ab") as file:
        file.write(b"trained on")
    assert cache.kept(tiny, "numbers", Counted(2))["numbers"].tolist() == [2, 2, 2]
    assert not former.exists()


def test_other_things_that_are_kept_stay(tiny):
    cache.kept(tiny, "shift-1", Counted())
    cache.kept(tiny, "shift-10", Counted())
    cache.kept(tiny, "shift", Counted())
    assert len(list(cache.place(tiny, "shift").parent.glob("*.npz"))) == 3


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut short"])
def test_a_damaged_file_is_worked_out_again(tiny, content):
    cache.kept(tiny, "numbers", Counted())
    cache.place(tiny, "numbers").write_bytes(content)
    assert cache.kept(tiny, "numbers", Counted(2))["numbers"].tolist() == [2, 2, 2]
    assert cache.kept(tiny, "numbers", Counted(3))["numbers"].tolist() == [2, 2, 2]


def test_many_who_ask_at_once_let_it_be_worked_out_once(tiny):
    work = Counted()
    with ThreadPoolExecutor(8) as people:
        list(people.map(lambda _: cache.kept(tiny, "numbers", work), range(8)))
    assert work.times == 1


def test_where_nothing_can_be_written_it_is_worked_out_all_the_same(tiny, home):
    (home / ".derived").write_text("a file in the place of the folder")
    assert cache.kept(tiny, "numbers", Counted())["numbers"].tolist() == [1, 1, 1]


def test_a_run_without_a_model_is_one_sentence(tiny):
    shutil.rmtree(tiny.path)
    with pytest.raises(RunError, match=r"model\.tflite"):
        cache.kept(tiny, "numbers", Counted())
