"""What an exported script needs that Keras lacks. `script` copies from here; nothing imports it, as it loads Keras."""

import gzip
from pathlib import Path

import keras
import numpy as np

Arrays = tuple[np.ndarray, np.ndarray]  # images, (N, *SHAPE) uint8, and their labels, (N,) uint8

TURN = 10  # degrees, the furthest that `affine` turns an image
ZOOM = 0.1  # share of its size that `affine` zooms and shifts it by, at most


def load_fashion_mnist(path: Path | None) -> tuple[Arrays, Arrays]:
    """Images and labels of the training set and of the test set."""
    if path is None:
        (x, y), (test_x, test_y) = keras.datasets.fashion_mnist.load_data()  # downloads them once
        return (x, y), (test_x, test_y)
    if path.is_file():
        return load_npz(path)
    arrays = []
    for split in ("train", "t10k"):
        images = gzip.decompress((path / f"{split}-images-idx3-ubyte.gz").read_bytes())
        labels = gzip.decompress((path / f"{split}-labels-idx1-ubyte.gz").read_bytes())
        pixels = np.frombuffer(images, np.uint8, offset=16).reshape(-1, 28, 28)
        arrays.append((pixels, np.frombuffer(labels, np.uint8, offset=8)))
    return arrays[0], arrays[1]


def load_own_data(path: Path | None) -> tuple[Arrays, Arrays]:
    """Images and labels of the training set and of the test set."""
    if path is None:
        raise SystemExit("Keras does not have this data set; name its file or folder as DATA.")
    if path.is_file():
        return load_npz(path)
    training, test = (
        (np.load(path / f"{split}-images.npy"), np.load(path / f"{split}-labels.npy"))
        for split in ("train", "test")
    )
    return training, test


def load_npz(path: Path) -> tuple[Arrays, Arrays]:
    """The arrays of an .npz file with the names that Keras uses."""
    with np.load(path) as file:
        return (file["x_train"], file["y_train"]), (file["x_test"], file["y_test"])


class OneCycle(keras.optimizers.schedules.LearningRateSchedule):
    """Rises linearly from 0 over the first quarter of the steps and falls to 0 at their end (arXiv 1708.07120)."""

    def __init__(self, highest: float, steps: int):
        self.highest, self.steps = highest, steps

    def __call__(self, step: "keras.KerasTensor") -> "keras.KerasTensor":
        done = (keras.ops.cast(step, "float32") + 1) / self.steps
        return self.highest * keras.ops.minimum(done / 0.25, (1 - done) / 0.75)

    def get_config(self) -> dict[str, float]:
        return {"highest": self.highest, "steps": self.steps}


class Batches(keras.utils.PyDataset):
    """Images in batches, in another order each epoch: that of `fit` itself stays the same once a seed is set."""

    def __init__(self, images: np.ndarray, targets: np.ndarray, batch_size: int, seed: int):
        super().__init__()
        self.images, self.targets, self.batch_size = images, targets, batch_size
        self.rng = np.random.default_rng(seed)
        self.on_epoch_end()

    def __len__(self) -> int:
        return -(-len(self.images) // self.batch_size)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        batch = self.order[index * self.batch_size :][: self.batch_size]
        return self.images[batch], self.targets[batch]

    def on_epoch_end(self) -> None:
        self.order = self.rng.permutation(len(self.images))


def affine(images: np.ndarray, targets: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Turn by up to 10 degrees, and zoom and shift by up to a tenth along each axis."""
    count, size = len(images), images.shape[1]
    angle = np.deg2rad(rng.uniform(-TURN, TURN, count))
    zoom = rng.uniform(1 - ZOOM, 1 + ZOOM, (count, 2, 1))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = np.linalg.inv(turn.transpose(2, 0, 1) * zoom)  # from the new image to the old one
    center = np.full((2, 1), (size - 1) / 2)
    moved = center + rng.uniform(-ZOOM, ZOOM, (count, 2, 1)) * size
    rows = np.concatenate([matrix, center - matrix @ moved], axis=2).reshape(count, 6)
    pixels = images.reshape(count, size, size, -1).astype("float32")
    rows = np.pad(rows, ((0, 0), (0, 2))).astype("float32")
    made = keras.ops.convert_to_numpy(
        keras.ops.image.affine_transform(pixels, rows, fill_mode="nearest")
    )
    return np.asarray(made).round().astype(np.uint8).reshape(images.shape)
