"""Our own networks, as Keras builders."""

from typing import TYPE_CHECKING

from .register import register

if TYPE_CHECKING:
    import keras


@register("tiny", parameters=2_970)
def tiny() -> "keras.Model":
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


@register("sprint", parameters=78_170)
def sprint() -> "keras.Model":
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
def quality() -> "keras.Model":
    """Five normalised convolutions, wider from stage to stage: `sprint` with room to learn more."""
    return _five_convolutions(32, 64, 96, 128)


@register("everyday", parameters=843_706)
def everyday() -> "keras.Model":
    """`quality`, half as wide again: drawings and photos are more to learn than shop photos alone."""
    return _five_convolutions(48, 96, 144, 192)


def _five_convolutions(first: int, second: int, third: int, last: int) -> "keras.Model":
    """Normalised convolutions with so many kernels, the last two alike."""
    from keras import Input, Sequential, layers

    def convolution(kernels: int, pool: bool = False) -> list["keras.Layer"]:
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
def compact() -> "keras.Model":
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


def _normalised(x: "keras.KerasTensor", kernels: int, pool: bool = False) -> "keras.KerasTensor":
    """A convolution, halved by max-pooling if asked, normalised, then relu."""
    from keras import layers

    x = layers.Conv2D(kernels, 3, padding="same", use_bias=False)(x)
    if pool:
        x = layers.MaxPooling2D()(x)
    x = layers.BatchNormalization(momentum=0.9)(x)
    return layers.Activation("relu")(x)


def _residual(x: "keras.KerasTensor", kernels: int) -> "keras.KerasTensor":
    """Two convolutions that add to what they were given (arXiv 1512.03385)."""
    from keras import layers

    y = _normalised(x, kernels)
    y = layers.Conv2D(kernels, 3, padding="same", use_bias=False)(y)
    y = layers.BatchNormalization(momentum=0.9)(y)
    return layers.Activation("relu")(layers.Add()([x, y]))


@register("wide-resnet", parameters=8_959_706)
def wide_resnet() -> "keras.Model":
    """A residual network of 40 layers, four times as wide as the first of its kind."""
    return _wide_resnet(blocks=6, width=4)


def _wide_resnet(blocks: int, width: int) -> "keras.Model":
    """WRN-n-k of arXiv 1605.07146, n = 6 * blocks + 4 and k = width, at 28x28, 14x14 and 7x7."""
    from keras import Input, Model, layers

    def before_activation(x: "keras.KerasTensor") -> "keras.KerasTensor":
        return layers.Activation("relu")(layers.BatchNormalization(momentum=0.9)(x))

    def convolution(
        x: "keras.KerasTensor", kernels: int, size: int = 3, strides: int = 1
    ) -> "keras.KerasTensor":
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
