"""Images that show no garment, so that the network learns to be unsure."""

import numpy as np

from .elastic import SIZE, noise


def scribble(n: int, rng: np.random.Generator) -> np.ndarray:
    """Curls and blots that are no garment: (N, 28, 28) uint8."""
    field = np.stack(
        [noise(1, int(rng.integers(2, 8)), rng)[0] for _ in range(n)] or [np.empty((0, 0))]
    )
    field = field.reshape(n, SIZE, SIZE)
    steep = np.maximum(np.abs(np.gradient(field, axis=(1, 2))).sum(axis=0), 0.05)
    curls = np.clip(rng.uniform(0.5, 1.2, (n, 1, 1)) + 0.5 - np.abs(field) / steep, 0, 1)
    blots = np.clip((field - rng.uniform(0, 1, (n, 1, 1))) / steep, 0, 1)
    grain = np.clip(rng.normal(0.5, 0.3, field.shape), 0, 1)
    values = np.stack([curls, np.maximum(curls, 0.75 * (field > 0)), blots, grain])
    which = rng.choice(4, n, p=[0.35, 0.2, 0.35, 0.1])
    return (255 * values[which, np.arange(n)]).astype(np.uint8)
