"""The source of a network's builder, to be copied."""

import gc
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from fmnist.networks.architectures import ARCHITECTURES
from fmnist.networks.source_code import builder_source


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_what_is_copied_runs_by_itself_and_builds_the_same_network(name):
    namespace: dict = {}
    exec(builder_source(ARCHITECTURES[name].build), namespace)
    model = namespace[ARCHITECTURES[name].build.__name__]((28, 28), 10)
    assert model.count_params() == ARCHITECTURES[name].parameters


def test_a_builder_comes_with_its_helpers_and_with_nothing_else():
    source = builder_source(ARCHITECTURES["quality"].build)
    assert source.index("def quality(") < source.index("def _convolutions(")
    assert "register" not in source
    assert "everyday" not in source
    assert source.count("\ndef ") == 1


class Ring:
    """What only Python's collector removes, with code that runs then, so that another thread may come first."""

    def __init__(self):
        self.own = self

    def __del__(self):
        sum(range(100))


@pytest.fixture
def threads_take_turns_anywhere():
    before = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(1e-6)
    gc.set_threshold(50)
    yield
    sys.setswitchinterval(before[0])
    gc.set_threshold(*before[1])


def test_many_people_read_sources_at_once(threads_take_turns_anywhere):
    def read(depth: int) -> str:
        if depth:
            return read(depth - 1)
        _ = [Ring() for _ in range(20)]
        return builder_source(ARCHITECTURES["sprint"].build)

    with ThreadPoolExecutor(6) as people:
        assert all(people.map(read, 10 * [0, 7, 14, 21, 28, 35]))
