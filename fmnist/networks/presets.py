"""Networks of recipes as lists of layers, to start from."""

PRESETS: dict[str, tuple[str, ...]] = {
    "sprint": (
        "conv 16 3 same linear",
        "pool 2",
        "norm",
        "activation relu",
        "conv 64 3 same linear",
        "pool 2",
        "norm",
        "activation relu",
        "conv 64 3 same linear",
        "norm",
        "activation relu",
        "flatten",
    ),
    "two-conv": ("conv 32 5 same relu", "pool 2", "conv 64 5 same relu", "pool 2", "flatten"),
    "dropout-cnn": (
        "conv 32 3 valid relu",
        "pool 2",
        "dropout 0.25",
        "conv 64 3 valid relu",
        "pool 2",
        "dropout 0.3",
        "flatten",
        "dense 128 relu",
        "dropout 0.3",
    ),
    "mlp-256": ("flatten", "dense 256 relu"),
    "empty": ("flatten",),  # nothing but the last layer, which is a network that works
}
