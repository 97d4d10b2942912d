"""Kernels of a trained model, read without Keras, and images of kernels and feature maps."""

from pathlib import Path

import numpy as np

from .forward import saved

Colour = tuple[int, int, int]  # red, green and blue, 0 to 255


def convolution_kernels(path: Path) -> dict[str, np.ndarray]:
    """The kernels of each convolution in a `.keras` file.

    A separable convolution counts as two.

    Returns:
        (height, width, channels in, channels out) float32 by the layer's name.

    Raises:
        RunError: the file is missing or damaged.
    """
    return {
        layer.name: layer.weights[0]
        for layer in saved.read(path)
        if layer.weights and layer.weights[0].ndim == 4
    }


def strongest_slices(kernels: np.ndarray) -> np.ndarray:
    """For each kernel the slice of the input channel with the largest weights.

    Args:
        kernels: (height, width, channels in, channels out).

    Returns:
        (channels out, height, width).
    """
    strongest = np.square(kernels).sum(axis=(0, 1)).argmax(axis=0)
    return kernels[:, :, strongest, np.arange(kernels.shape[3])].transpose(2, 0, 1)


def in_colour(kernels: np.ndarray) -> np.ndarray:
    """Kernels that see red, green and blue, as images: grey stands for a weight of zero.

    Args:
        kernels: (height, width, 3, channels out).

    Returns:
        (channels out, height, width, 3) uint8, each scaled to its own strongest weight.
    """
    tiles = np.moveaxis(kernels, -1, 0).astype(np.float32)
    strongest = np.abs(tiles).max(axis=(1, 2, 3), keepdims=True)
    scaled = np.divide(tiles, strongest, out=np.zeros_like(tiles), where=strongest > 0)
    return np.asarray(np.rint(127.5 * (1 + scaled)), np.uint8)


def sheet(
    tiles: np.ndarray, columns: int, above: Colour, below: Colour, together: bool = False
) -> np.ndarray:
    """Tiles side by side, each scaled to its own strongest value.

    Args:
        tiles: (N, H, W) of any sign, or (N, H, W, 3) uint8, which keep their colours.
        columns: tiles in a row; the last row is filled with empty ones.
        above, below: the colours of values above and below zero.
        together: whether all are scaled to the strongest value of all.

    Returns:
        (rows x H, columns x W, 4) uint8: opacity grows with the distance from zero, which is transparent
        on light and dark pages.
    """
    if tiles.ndim == 4:
        tiles = np.concatenate([tiles, np.full_like(tiles[..., :1], 255)], axis=-1)
    else:
        tiles = _tinted(tiles.astype(np.float32), above, below, together)
    tiles = np.pad(tiles, ((0, -len(tiles) % columns), (0, 0), (0, 0), (0, 0)))
    count, height, width, _ = tiles.shape
    rows = tiles.reshape(count // columns, columns, height, width, 4)
    return rows.transpose(0, 2, 1, 3, 4).reshape(-1, columns * width, 4)


def _tinted(tiles: np.ndarray, above: Colour, below: Colour, together: bool) -> np.ndarray:
    """(N, H, W, 4) uint8 for (N, H, W) of any sign."""
    strongest = np.abs(tiles).max(axis=None if together else (1, 2), keepdims=True)
    tiles = np.divide(tiles, strongest, out=np.zeros_like(tiles), where=strongest > 0)[..., None]
    opacity = np.rint(255 * np.abs(tiles))
    return np.concatenate([np.where(tiles > 0, above, below), opacity], axis=-1).astype(np.uint8)
