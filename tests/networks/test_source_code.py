"""The source of a network's builder, to be copied."""

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
    assert source.index("def quality(") < source.index("def _five_convolutions(")
    assert "register" not in source
    assert "everyday" not in source
    assert source.count("\ndef ") == 1
