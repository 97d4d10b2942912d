"""The networks of the published projects, as Keras builders."""

from typing import TYPE_CHECKING

from .register import register

if TYPE_CHECKING:
    import keras


@register("mlp-256", parameters=203_530)
def mlp_256(shape: tuple[int, ...], classes: int) -> "keras.Model":
    """One hidden layer of 256 neurons that sees the image as 784 unordered numbers."""
    from keras import Input, Sequential, layers

    return Sequential(
        [
            Input(shape),
            layers.Rescaling(1 / 255),
            layers.Flatten(),
            layers.Dense(256, activation="relu"),
            layers.Dense(classes, activation="softmax"),
        ]
    )


@register("two-conv", parameters=83_466)
def two_conv(shape: tuple[int, ...], classes: int) -> "keras.Model":
    """Two convolutions, each halved by max-pooling, then straight to the answer."""
    from keras import Input, Sequential, layers

    return Sequential(
        [
            Input(shape),
            layers.Rescaling(1 / 255),
            layers.Reshape((*shape, 1)[:3]),
            layers.Conv2D(32, 5, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 5, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(classes, activation="softmax"),
        ]
    )


@register("dropout-cnn", parameters=225_034)
def dropout_cnn(shape: tuple[int, ...], classes: int) -> "keras.Model":
    """Two convolutions and a hidden layer, with dropout after each to keep it from memorising."""
    from keras import Input, Sequential, layers

    return Sequential(
        [
            Input(shape),
            layers.Rescaling(1 / 255),
            layers.Reshape((*shape, 1)[:3]),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Dropout(0.25),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Dropout(0.3),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dropout(0.3),
            layers.Dense(classes, activation="softmax"),
        ]
    )


@register("deep-cnn", parameters=243_786)
def deep_cnn(shape: tuple[int, ...], classes: int) -> "keras.Model":
    """Two convolutions of 64 kernels and a hidden layer, with little to keep it from memorising."""
    from keras import Input, Sequential, layers

    return Sequential(
        [
            Input(shape),
            layers.Rescaling(1 / 255),
            layers.Reshape((*shape, 1)[:3]),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(classes, activation="softmax"),
        ]
    )


@register("augmented-cnn", parameters=887_530)
def augmented_cnn(shape: tuple[int, ...], classes: int) -> "keras.Model":
    """Two convolutions before each of two poolings, as large networks for photos have them."""
    from keras import Input, Sequential, layers

    return Sequential(
        [
            Input(shape),
            layers.Rescaling(1 / 255),
            layers.Reshape((*shape, 1)[:3]),
            layers.Conv2D(32, 5, padding="same", activation="relu"),
            layers.Conv2D(32, 5, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Dropout(0.25),
            layers.Conv2D(64, 3, padding="same", activation="relu"),
            layers.Conv2D(64, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Dropout(0.25),
            layers.Flatten(),
            layers.Dense(256, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(classes, activation="softmax"),
        ]
    )


@register("kernels-32", parameters=542_230)
def kernels_32(shape: tuple[int, ...], classes: int) -> "keras.Model":
    """One convolution of 32 kernels; the answer is read from what they detect, and where."""
    return _one_convolution(shape, classes, 32)


@register("kernels-64", parameters=1_083_350)
def kernels_64(shape: tuple[int, ...], classes: int) -> "keras.Model":
    """One convolution of 64 kernels; the answer is read from what they detect, and where."""
    return _one_convolution(shape, classes, 64)


@register("kernels-64-dropout", parameters=1_083_350)
def kernels_64_dropout(shape: tuple[int, ...], classes: int) -> "keras.Model":
    """One convolution of 64 kernels; at each step of training, half of what is found is hidden."""
    return _one_convolution(shape, classes, 64, dropout=0.5)


def _one_convolution(
    shape: tuple[int, ...], classes: int, kernels: int, dropout: float = 0.0
) -> "keras.Model":
    """A convolution, a max-pooling and a hidden layer."""
    from keras import Input, Sequential, layers

    return Sequential(
        [
            Input(shape),
            layers.Rescaling(1 / 255),
            layers.Reshape((*shape, 1)[:3]),
            layers.Conv2D(kernels, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            *([layers.Dropout(dropout)] if dropout else []),
            layers.Dense(100, activation="relu"),
            *([layers.Dropout(dropout)] if dropout else []),
            layers.Dense(classes, activation="softmax"),
        ]
    )


@register("ffnn", parameters=535_818)
def ffnn(shape: tuple[int, ...], classes: int) -> "keras.Model":
    """Three dense layers, their weights drawn the narrower the more inputs a layer has."""
    from keras import Input, Sequential, layers

    return Sequential(
        [
            Input(shape),
            layers.Rescaling(1 / 127.5, offset=-1),
            layers.Flatten(),
            *_three_dense_layers(classes),
        ]
    )


@register("cnn-3fc", parameters=942_026)
def cnn_3fc(shape: tuple[int, ...], classes: int) -> "keras.Model":
    """Two small convolutions, then the three dense layers of `ffnn`."""
    from keras import Input, Sequential, layers

    return Sequential(
        [
            Input(shape),
            layers.Rescaling(1 / 127.5, offset=-1),
            layers.Reshape((*shape, 1)[:3]),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            *_three_dense_layers(classes),
        ]
    )


def _three_dense_layers(classes: int) -> list["keras.Layer"]:
    """512, 256 and a neuron a class; weights from N(0, 1 / sqrt(n)) for n inputs, biases 0."""
    from keras import initializers, layers

    def dense(neurons: int, activation: str) -> "keras.Layer":
        normal = initializers.VarianceScaling(distribution="untruncated_normal")
        return layers.Dense(neurons, activation=activation, kernel_initializer=normal)

    return [
        dense(512, "relu"),
        layers.Dropout(0.2),
        dense(256, "relu"),
        layers.Dropout(0.2),
        dense(classes, "softmax"),
    ]
