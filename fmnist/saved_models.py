"""Models that Keras saved, ours or anybody's -> probabilities. Loads TensorFlow."""

from pathlib import Path

import numpy as np

from .machine import quiet_stderr


class ModelFileError(Exception):
    """A file that is no model or not one for ten classes of 28x28 pictures."""


def probabilities(path: Path, images: np.ndarray) -> np.ndarray:
    """What a `.keras` or `.h5` model says of the pictures.

    Args:
        path: the saved model; it must take pictures with values 0 to 255, as ours do.
        images: (N, 28, 28) uint8.

    Returns:
        (N, 10) float32.

    Raises:
        ModelFileError: in one sentence, what is wrong with the file.
    """
    with quiet_stderr():
        import keras

    try:
        model = keras.saving.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # Keras and h5py raise nearly everything on a bad file
        reason = str(error).strip().split("\n")[0]
        raise ModelFileError(f"{path} cannot be loaded as a Keras model: {reason}") from None
    shape = tuple(model.input_shape[1:])
    if shape not in ((28, 28), (28, 28, 1)) or tuple(model.output_shape[1:]) != (10,):
        raise ModelFileError(
            f"{path} takes {shape} and gives {tuple(model.output_shape[1:])}; a Fashion-MNIST "
            "model takes (28, 28) or (28, 28, 1) and gives (10,)."
        )
    return model.predict(images.reshape(-1, *shape), batch_size=500, verbose=0)
