"""What an answer costs."""

import pytest

from fmnist import exporting, flops, runs
from fmnist.architectures import ARCHITECTURES


def by_shapes(layers: list[dict]) -> list[dict]:
    """A table of layers as older runs have it, without multiply-adds."""
    return [{key: row[key] for key in ("type", "output_shape", "parameters")} for row in layers]


def test_a_dense_network_multiplies_once_a_weight():
    layers = runs.find("mlp-256").result["layers"]
    assert flops.megaflops(layers) == 2 * (784 * 256 + 256 * 10) / 1e6


def test_a_convolution_uses_its_kernels_at_each_place_of_its_output():
    layers = by_shapes(exporting.layer_table(ARCHITECTURES["dropout-cnn"].build()))
    counts = {
        tuple(row["output_shape"]): n
        for row, n in zip(layers, flops.multiply_adds(layers), strict=True)
        if n
    }
    assert counts == {
        (26, 26, 32): 26 * 26 * 3 * 3 * 1 * 32,
        (11, 11, 64): 11 * 11 * 3 * 3 * 32 * 64,
        (128,): 5 * 5 * 64 * 128,
        (10,): 128 * 10,
    }


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_shapes_alone_tell_the_same_as_the_network_itself(name):
    layers = exporting.layer_table(ARCHITECTURES[name].build())
    assert flops.multiply_adds(by_shapes(layers)) == [row["multiply_adds"] for row in layers]


def test_a_network_that_looks_twice_costs_twice():
    layers = runs.find("sprint").result["layers"]
    assert flops.megaflops(layers, views=2) == 2 * flops.megaflops(layers)
