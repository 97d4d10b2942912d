"""Kernels and feature maps as images."""

import keras
import numpy as np
import pytest

from fmnist.inference import kernels
from fmnist.machine import folders
from fmnist.runs.files import RunError

from ..conftest import in_one_sentence

ABOVE, BELOW = (1, 2, 3), (4, 5, 6)


@pytest.mark.parametrize("name", ["two-conv", "sprint"])  # one is answered with, one also mirrored
def test_the_kernels_are_those_that_keras_loads(name):
    path = folders.SHIPPED / name / "model.keras"
    model = keras.saving.load_model(path)
    parts = [part for part in model.layers if hasattr(part, "layers")] or [model]
    expected = {
        layer.name: layer.kernel.numpy()
        for layer in parts[0].layers
        if isinstance(layer, keras.layers.Conv2D)
    }
    found = kernels.convolution_kernels(path)
    assert set(found) == set(expected)
    for layer, weights in expected.items():
        np.testing.assert_array_equal(found[layer], weights)


def test_a_network_without_convolutions_has_no_kernels():
    assert kernels.convolution_kernels(folders.SHIPPED / "mlp-256" / "model.keras") == {}


@pytest.mark.parametrize("content", [b"", b"no zip", None])
def test_a_damaged_model_is_told_in_a_sentence(tiny, content):
    path = tiny.path / "model.keras"
    path.write_bytes(path.read_bytes()[:2000] if content is None else content)
    with pytest.raises(RunError) as error:
        kernels.convolution_kernels(path)
    assert in_one_sentence(str(error.value))
    assert "model.keras" in str(error.value)


def test_of_a_kernel_with_many_slices_the_strongest_is_shown():
    weights = np.zeros((3, 3, 4, 2), np.float32)
    weights[:, :, 1, 0], weights[:, :, 2, 0] = 0.5, -2
    weights[0, 0, 3, 1] = 7
    slices = kernels.strongest_slices(weights)
    assert slices.shape == (2, 3, 3)
    assert (slices[0] == -2).all()
    assert slices[1, 0, 0] == 7


def test_a_sheet_shows_above_and_below_zero_in_two_colours_and_zero_not_at_all():
    tiles = np.array([[[4, -2], [0, 1]], [[0, 0], [0, 0]], [[-3, 0], [0, 0]]], np.float32)
    pixels = kernels.sheet(tiles, 2, ABOVE, BELOW)
    assert (pixels.shape, pixels.dtype) == ((4, 4, 4), np.uint8)
    assert tuple(pixels[0, 0]) == (*ABOVE, 255)
    assert tuple(pixels[0, 1]) == (*BELOW, 128)
    assert tuple(pixels[2, 0]) == (*BELOW, 255)  # each tile is scaled for itself
    assert pixels[1, 0, 3] == 0
    assert not pixels[:2, 2:, 3].any()  # a tile of zeros
    assert not pixels[2:, 2:, 3].any()  # no tile


def test_kernels_that_see_colour_are_drawn_in_it():
    weights = np.zeros((3, 3, 3, 2), np.float32)
    weights[0, 0, 0, 0], weights[2, 2, 2, 0] = 0.5, -0.25  # red for, blue against
    tiles = kernels.in_colour(weights)
    assert (tiles.shape, tiles.dtype) == ((2, 3, 3, 3), np.uint8)
    assert tiles[0, 0, 0].tolist() == [255, 128, 128]
    assert tiles[0, 2, 2].tolist() == [128, 128, 64]
    assert (tiles[1] == 128).all()
    pixels = kernels.sheet(tiles, 3, ABOVE, BELOW)
    assert pixels.shape == (3, 9, 4)
    assert tuple(pixels[0, 0]) == (255, 128, 128, 255)
    assert not pixels[:, 6:, 3].any()  # no tile
