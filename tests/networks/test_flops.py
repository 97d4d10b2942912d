"""What an answer costs."""

from fmnist.networks import flops
from fmnist.networks.architectures import ARCHITECTURES
from fmnist.runs import listing
from fmnist.training import export


def test_a_dense_network_multiplies_once_a_weight():
    layers = listing.find("mlp-256").result["layers"]
    assert flops.megaflops(layers) == 2 * (784 * 256 + 256 * 10) / 1e6


def test_a_convolution_uses_its_kernels_at_each_place_of_its_output():
    layers = export.layer_table(ARCHITECTURES["dropout-cnn"].build((28, 28), 10))
    counts = {tuple(row["output_shape"]): n for row in layers if (n := row["multiply_adds"])}
    assert counts == {
        (26, 26, 32): 26 * 26 * 3 * 3 * 1 * 32,
        (11, 11, 64): 11 * 11 * 3 * 3 * 32 * 64,
        (128,): 5 * 5 * 64 * 128,
        (10,): 128 * 10,
    }


def test_a_network_that_looks_twice_costs_twice():
    layers = listing.find("sprint").result["layers"]
    assert flops.megaflops(layers, views=2) == 2 * flops.megaflops(layers)
