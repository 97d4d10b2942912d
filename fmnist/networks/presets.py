"""Networks of recipes as lists of layers, to start from; `tests` holds them equal to the recipes' own builders."""


def _normalised(kernels: int, pool: bool = False) -> tuple[str, ...]:
    """A convolution that is normalised before its activation, and halved first if asked."""
    halved = ("pool 2",) if pool else ()
    return (f"conv {kernels} 3 same linear", *halved, "norm", "activation relu")


PRESETS: dict[str, tuple[str, ...]] = {
    "sprint": (
        *_normalised(16, pool=True),
        *_normalised(32, pool=True),
        *_normalised(64),
        "flatten",
    ),
    "quality": (
        *_normalised(32, pool=True),
        *_normalised(64),
        *_normalised(96, pool=True),
        *_normalised(128),
        *_normalised(128),
        "flatten",
        "dropout 0.2",
    ),
    "two-conv": ("conv 32 5 same relu", "pool 2", "conv 64 5 same relu", "pool 2", "flatten"),
    "dropout-cnn": (
        *("conv 32 3 valid relu", "pool 2", "dropout 0.25"),
        *("conv 64 3 valid relu", "pool 2", "dropout 0.3"),
        *("flatten", "dense 128 relu", "dropout 0.3"),
    ),
    "deep-cnn": (
        *("conv 64 3 valid relu", "pool 2"),
        *("conv 64 3 valid relu", "pool 2"),
        *("flatten", "dense 128 relu", "dropout 0.2"),
    ),
    "augmented-cnn": (
        *("conv 32 5 same relu", "conv 32 5 same relu", "pool 2", "dropout 0.25"),
        *("conv 64 3 same relu", "conv 64 3 same relu", "pool 2", "dropout 0.25"),
        *("flatten", "dense 256 relu", "dropout 0.5"),
    ),
    "kernels-32": ("conv 32 3 valid relu", "pool 2", "flatten", "dense 100 relu"),
    "mlp-256": ("flatten", "dense 256 relu"),
    "empty": ("flatten",),  # nothing but the last layer, which is a network that works
}
