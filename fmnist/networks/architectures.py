"""The networks, as Keras builders, each registered once with its exact parameter count.

Every network takes pictures as they are in the data set, (28, 28) with values 0 to 255, and
gives ten probabilities. Scaling is a layer of its own, so that a saved model needs nothing
beside it. Keras is imported inside the builders: listing architectures must not cost the
seconds that loading TensorFlow takes.
"""

import dataclasses
from collections.abc import Callable
from typing import Any


@dataclasses.dataclass(frozen=True)
class Architecture:
    """A network that can be built: its name, what it is, and how many weights it has."""

    name: str
    build: Callable[[], Any]
    parameters: int

    @property
    def summary(self) -> str:
        """The builder's docstring, on one line."""
        return " ".join((self.build.__doc__ or "").split())


ARCHITECTURES: dict[str, Architecture] = {}


def register(name: str, *, parameters: int) -> Callable:
    """Add the decorated builder, a function without arguments that returns a Keras model."""

    def add(build: Callable) -> Callable:
        ARCHITECTURES[name] = Architecture(name, build, parameters)
        return build

    return add


@register("tiny", parameters=2_970)
def tiny():
    """A network of a few thousand weights: one strided convolution, then straight to the answer."""
    from keras import Input, Sequential, layers

    return Sequential(
        [
            Input((28, 28)),
            layers.Rescaling(1 / 255),
            layers.Reshape((28, 28, 1)),
            layers.Conv2D(8, 3, strides=2, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )


@register("mlp-256", parameters=203_530)
def mlp_256():
    """One hidden layer of 256 neurons that sees the picture as 784 unordered numbers."""
    from keras import Input, Sequential, layers

    return Sequential(
        [
            Input((28, 28)),
            layers.Rescaling(1 / 255),
            layers.Flatten(),
            layers.Dense(256, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


@register("two-conv", parameters=83_466)
def two_conv():
    """Two convolutions, each halved by max-pooling, then straight to the answer."""
    from keras import Input, Sequential, layers

    return Sequential(
        [
            Input((28, 28)),
            layers.Rescaling(1 / 255),
            layers.Reshape((28, 28, 1)),
            layers.Conv2D(32, 5, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 5, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )


@register("dropout-cnn", parameters=225_034)
def dropout_cnn():
    """Two convolutions and a hidden layer, with dropout after each to keep it from memorising."""
    from keras import Input, Sequential, layers

    return Sequential(
        [
            Input((28, 28)),
            layers.Rescaling(1 / 255),
            layers.Reshape((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Dropout(0.25),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Dropout(0.3),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dropout(0.3),
            layers.Dense(10, activation="softmax"),
        ]
    )


@register("deep-cnn", parameters=243_786)
def deep_cnn():
    """Two convolutions of 64 kernels and a hidden layer, with little to keep it from memorising."""
    from keras import Input, Sequential, layers

    return Sequential(
        [
            Input((28, 28)),
            layers.Rescaling(1 / 255),
            layers.Reshape((28, 28, 1)),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(10, activation="softmax"),
        ]
    )


@register("augmented-cnn", parameters=887_530)
def augmented_cnn():
    """Two convolutions before each of two poolings, as large networks for photos have them."""
    from keras import Input, Sequential, layers

    return Sequential(
        [
            Input((28, 28)),
            layers.Rescaling(1 / 255),
            layers.Reshape((28, 28, 1)),
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
            layers.Dense(10, activation="softmax"),
        ]
    )


@register("kernels-32", parameters=542_230)
def kernels_32():
    """One convolution of 32 kernels; the answer is read from what they detect, and where."""
    return _one_convolution(32)


@register("kernels-64", parameters=1_083_350)
def kernels_64():
    """One convolution of 64 kernels; the answer is read from what they detect, and where."""
    return _one_convolution(64)


@register("kernels-64-dropout", parameters=1_083_350)
def kernels_64_dropout():
    """One convolution of 64 kernels; at each step of training, half of what is found is hidden."""
    return _one_convolution(64, dropout=0.5)


def _one_convolution(kernels: int, dropout: float = 0.0):
    """A convolution, a max-pooling and a hidden layer."""
    from keras import Input, Sequential, layers

    return Sequential(
        [
            Input((28, 28)),
            layers.Rescaling(1 / 255),
            layers.Reshape((28, 28, 1)),
            layers.Conv2D(kernels, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            *([layers.Dropout(dropout)] if dropout else []),
            layers.Dense(100, activation="relu"),
            *([layers.Dropout(dropout)] if dropout else []),
            layers.Dense(10, activation="softmax"),
        ]
    )


@register("ffnn", parameters=535_818)
def ffnn():
    """Three dense layers, their weights drawn the narrower the more inputs a layer has."""
    from keras import Input, Sequential, layers

    return Sequential(
        [
            Input((28, 28)),
            layers.Rescaling(1 / 127.5, offset=-1),
            layers.Flatten(),
            *_three_dense_layers(),
        ]
    )


@register("cnn-3fc", parameters=942_026)
def cnn_3fc():
    """Two small convolutions, then the three dense layers of `ffnn`."""
    from keras import Input, Sequential, layers

    return Sequential(
        [
            Input((28, 28)),
            layers.Rescaling(1 / 127.5, offset=-1),
            layers.Reshape((28, 28, 1)),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            *_three_dense_layers(),
        ]
    )


def _three_dense_layers() -> list:
    """512, 256 and 10 neurons; weights from N(0, 1 / sqrt(n)) for n inputs, biases 0."""
    from keras import initializers, layers

    def dense(neurons: int, activation: str):
        normal = initializers.VarianceScaling(distribution="untruncated_normal")
        return layers.Dense(neurons, activation=activation, kernel_initializer=normal)

    return [
        dense(512, "relu"),
        layers.Dropout(0.2),
        dense(256, "relu"),
        layers.Dropout(0.2),
        dense(10, "softmax"),
    ]


@register("sprint", parameters=78_170)
def sprint():
    """Three lean convolutions, each normalised: built to learn the most in half a minute."""
    from keras import Input, Sequential, layers

    return Sequential(
        [
            Input((28, 28)),
            layers.Rescaling(1 / 255),
            layers.Reshape((28, 28, 1)),
            layers.Conv2D(16, 3, padding="same", use_bias=False),
            layers.MaxPooling2D(),
            layers.BatchNormalization(momentum=0.9),
            layers.Activation("relu"),
            layers.Conv2D(64, 3, padding="same", use_bias=False),
            layers.MaxPooling2D(),
            layers.BatchNormalization(momentum=0.9),
            layers.Activation("relu"),
            layers.Conv2D(64, 3, padding="same", use_bias=False),
            layers.BatchNormalization(momentum=0.9),
            layers.Activation("relu"),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )


@register("quality", parameters=396_586)
def quality():
    """Five normalised convolutions, wider from stage to stage: `sprint` with room to learn more."""
    return _five_convolutions(32, 64, 96, 128)


@register("everyday", parameters=843_706)
def everyday():
    """`quality`, half as wide again: drawings and photos are more to learn than shop photos alone."""
    return _five_convolutions(48, 96, 144, 192)


def _five_convolutions(first: int, second: int, third: int, last: int):
    """Normalised convolutions with so many kernels, the last two alike."""
    from keras import Input, Sequential, layers

    def convolution(kernels: int, pool: bool = False) -> list:
        return [
            layers.Conv2D(kernels, 3, padding="same", use_bias=False),
            *([layers.MaxPooling2D()] if pool else []),
            layers.BatchNormalization(momentum=0.9),
            layers.Activation("relu"),
        ]

    return Sequential(
        [
            Input((28, 28)),
            layers.Rescaling(1 / 255),
            layers.Reshape((28, 28, 1)),
            *convolution(first, pool=True),  # (14, 14, first)
            *convolution(second),
            *convolution(third, pool=True),  # (7, 7, third)
            *convolution(last),
            *convolution(last),
            layers.Flatten(),
            layers.Dropout(0.2),
            layers.Dense(10, activation="softmax"),
        ]
    )


@register("compact", parameters=1_134_970)
def compact():
    """Two residual blocks, at 14x14 and at 7x7: as deep as two cores train in an hour or two."""
    from keras import Input, Model, layers

    images = Input((28, 28))
    x = layers.Rescaling(1 / 255)(images)
    x = layers.Reshape((28, 28, 1))(x)
    x = _normalised(x, 48, pool=True)  # (14, 14, 48)
    x = _normalised(x, 96)
    x = _residual(x, 96)
    x = _normalised(x, 192, pool=True)  # (7, 7, 192)
    x = _residual(x, 192)
    x = layers.Flatten()(x)
    x = layers.Dropout(0.2)(x)
    return Model(images, layers.Dense(10, activation="softmax")(x))


def _normalised(x, kernels: int, pool: bool = False):
    """A convolution, halved by max-pooling if asked, normalised, then relu."""
    from keras import layers

    x = layers.Conv2D(kernels, 3, padding="same", use_bias=False)(x)
    if pool:
        x = layers.MaxPooling2D()(x)
    x = layers.BatchNormalization(momentum=0.9)(x)
    return layers.Activation("relu")(x)


def _residual(x, kernels: int):
    """Two convolutions that add to what they were given (arXiv 1512.03385)."""
    from keras import layers

    y = _normalised(x, kernels)
    y = layers.Conv2D(kernels, 3, padding="same", use_bias=False)(y)
    y = layers.BatchNormalization(momentum=0.9)(y)
    return layers.Activation("relu")(layers.Add()([x, y]))


@register("wide-resnet", parameters=8_959_706)
def wide_resnet():
    """A residual network of 40 layers, four times as wide as the first of its kind."""
    return _wide_resnet(blocks=6, width=4)


def _wide_resnet(blocks: int, width: int):
    """WRN-n-k of arXiv 1605.07146, n = 6 * blocks + 4 and k = width, at 28x28, 14x14 and 7x7."""
    from keras import Input, Model, layers

    def before_activation(x):
        return layers.Activation("relu")(layers.BatchNormalization(momentum=0.9)(x))

    def convolution(x, kernels: int, size: int = 3, strides: int = 1):
        return layers.Conv2D(kernels, size, strides, padding="same", use_bias=False)(x)

    images = Input((28, 28))
    x = layers.Reshape((28, 28, 1))(layers.Rescaling(1 / 255)(images))
    x = convolution(x, 16)
    for stage, kernels in enumerate((16 * width, 32 * width, 64 * width)):
        for block in range(blocks):
            strides = 2 if stage and not block else 1
            seen = before_activation(x)
            y = convolution(seen, kernels, strides=strides)
            y = convolution(before_activation(y), kernels)
            x = layers.Add()([y, x if block else convolution(seen, kernels, 1, strides)])
    x = layers.GlobalAveragePooling2D()(before_activation(x))
    return Model(images, layers.Dense(10, activation="softmax")(x))
