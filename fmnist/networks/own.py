"""Our own networks, as Keras builders."""

import itertools
from typing import TYPE_CHECKING

import numpy as np

from .register import register
from .work import Counts

if TYPE_CHECKING:
    import keras


@register("tiny", parameters=2_970, counts=Counts(48_672, 17_280, 1_650, 2_970, 1))
def tiny(shape: tuple[int, ...], classes: int) -> "keras.Model":
    """A network of a few thousand weights: one strided convolution, then straight to the answer."""
    from keras import Input, Sequential, layers

    return Sequential(
        [
            Input(shape),
            layers.Rescaling(1 / 255),
            layers.Reshape((*shape, 1)[:3]),
            layers.Conv2D(8, 3, strides=2, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(classes, activation="softmax"),
        ]
    )


@register("feather", parameters=7_042)
def feather(shape: tuple[int, ...], classes: int) -> "keras.Model":
    """The three convolutions of `sprint` with a third of its kernels or less: how few weights are enough."""
    return _first_fixed(_convolutions(shape, classes, (8, 16, 24), pooled=(0, 1, 2)))


@register("sprint", parameters=55_002)
def sprint(shape: tuple[int, ...], classes: int) -> "keras.Model":
    """Three lean convolutions, each normalised, the first with fixed kernels: built to learn the most in half a minute."""
    return _first_fixed(_convolutions(shape, classes, (16, 32, 64), pooled=(0, 1)))


@register("mile", parameters=99_546)
def mile(shape: tuple[int, ...], classes: int) -> "keras.Model":
    """`sprint` with wider layers and one convolution more, where the image is small and they cost little."""
    return _first_fixed(_convolutions(shape, classes, (16, 48, 64, 96), pooled=(0, 1, 2)))


@register("quality", parameters=396_586)
def quality(shape: tuple[int, ...], classes: int) -> "keras.Model":
    """Five normalised convolutions, wider from stage to stage: `sprint` with room to learn more."""
    return _convolutions(shape, classes, (32, 64, 96, 128, 128), pooled=(0, 2), dropout=0.2)


@register("ensemble", parameters=843_706)
def ensemble(shape: tuple[int, ...], classes: int) -> "keras.Model":
    """`quality`, half as wide again: drawings and photos are more to learn than shop photos alone."""
    return _convolutions(shape, classes, (48, 96, 144, 192, 192), pooled=(0, 2), dropout=0.2)


@register("everyday", parameters=822_186)
def everyday(shape: tuple[int, ...], classes: int) -> "keras.Model":
    """Three residual blocks, most of them where the image is smallest: accurate and fast on any processor."""
    from keras import Input, Model, layers

    images = Input(shape)
    x = layers.Reshape((*shape, 1)[:3])(layers.Rescaling(1 / 255)(images))
    x = _normalised(x, 32, pool=True)  # half the side
    x = _residual(_normalised(x, 64), 64)
    x = _normalised(x, 128, pool=True)  # a quarter
    x = layers.Flatten()(_residual(_residual(x, 128), 128))
    return Model(images, layers.Dense(classes, activation="softmax")(x))


def _convolutions(
    shape: tuple[int, ...],
    classes: int,
    kernels: tuple[int, ...],
    *,
    pooled: tuple[int, ...],
    dropout: float = 0,
) -> "keras.Model":
    """Normalised convolutions with so many kernels each, those at the indices `pooled` halving the side."""
    from keras import Input, Sequential, layers

    def convolution(index: int, kernels: int) -> list["keras.Layer"]:
        return [
            layers.Conv2D(kernels, 3, padding="same", use_bias=False),
            *([layers.MaxPooling2D()] if index in pooled else []),
            layers.BatchNormalization(momentum=0.9),
            layers.Activation("relu"),
        ]

    return Sequential(
        [
            Input(shape),
            layers.Rescaling(1 / 255),
            layers.Reshape((*shape, 1)[:3]),
            *(layer for index, count in enumerate(kernels) for layer in convolution(index, count)),
            layers.Flatten(),
            *([layers.Dropout(dropout)] if dropout else []),
            layers.Dense(classes, activation="softmax"),
        ]
    )


def _first_fixed(model: "keras.Model") -> "keras.Model":
    """The network with kernels in its first convolution that need not be learned."""
    first = next(layer for layer in model.layers if layer.weights)
    first.set_weights([_waves(*first.kernel.shape)])
    first.trainable = False
    return model


@register("compact", parameters=1_134_970)
def compact(shape: tuple[int, ...], classes: int) -> "keras.Model":
    """Two residual blocks, at a half and a quarter of the size: as deep as two cores train in an hour or two."""
    from keras import Input, Model, layers

    images = Input(shape)
    x = layers.Rescaling(1 / 255)(images)
    x = layers.Reshape((*shape, 1)[:3])(x)
    x = _normalised(x, 48, pool=True)  # half the side
    x = _normalised(x, 96)
    x = _residual(x, 96)
    x = _normalised(x, 192, pool=True)  # a quarter
    x = _residual(x, 192)
    x = layers.Flatten()(x)
    x = layers.Dropout(0.2)(x)
    return Model(images, layers.Dense(classes, activation="softmax")(x))


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


@register(
    "wide-resnet",
    parameters=8_959_706,
    counts=Counts(5_963_768_832, 15_360, 3_813_642, 8_959_706, 40),
)
def wide_resnet(shape: tuple[int, ...], classes: int) -> "keras.Model":
    """A residual network of 40 layers, four times as wide as the first of its kind."""
    return _wide_resnet(shape, classes, blocks=6, width=4)


def _wide_resnet(shape: tuple[int, ...], classes: int, blocks: int, width: int) -> "keras.Model":
    """WRN-n-k of arXiv 1605.07146, n = 6 * blocks + 4 and k = width, at full size, a half and a quarter."""
    from keras import Input, Model, layers

    def before_activation(x: "keras.KerasTensor") -> "keras.KerasTensor":
        return layers.Activation("relu")(layers.BatchNormalization(momentum=0.9)(x))

    def convolution(
        x: "keras.KerasTensor", kernels: int, size: int = 3, strides: int = 1
    ) -> "keras.KerasTensor":
        return layers.Conv2D(kernels, size, strides, padding="same", use_bias=False)(x)

    images = Input(shape)
    x = layers.Reshape((*shape, 1)[:3])(layers.Rescaling(1 / 255)(images))
    x = convolution(x, 16)
    for stage, kernels in enumerate((16 * width, 32 * width, 64 * width)):
        for block in range(blocks):
            strides = 2 if stage and not block else 1
            seen = before_activation(x)
            y = convolution(seen, kernels, strides=strides)
            y = convolution(before_activation(y), kernels)
            x = layers.Add()([y, x if block else convolution(seen, kernels, 1, strides)])
    x = layers.GlobalAveragePooling2D()(before_activation(x))
    return Model(images, layers.Dense(classes, activation="softmax")(x))


def _waves(height: int, width: int, channels: int, kernels: int) -> np.ndarray:
    """Kernels that tell what is in a patch: its brightness, its edges and, of colour images, its hues.

    They are the slowest waves of the discrete cosine transform over rows, columns and channels, each with its
    negative, as the relu after them keeps the positive half. Patches of natural images have about these as principal
    components (Ahmed, Natarajan, Rao, "Discrete cosine transform", 1974), so that with the normalisation after them
    they whiten the image, for which speed records on CIFAR-10 compute a first layer from the training images (arXiv
    2404.00498).

    Returns:
        (height, width, channels, kernels) float32.
    """
    sizes = (height, width, channels)
    slowest = sorted(itertools.product(*map(range, sizes)), key=lambda each: (sum(each), each))
    made = []
    for frequencies in slowest[: kernels // 2]:
        steps = [
            np.cos(np.pi * frequency * (np.arange(size) + 0.5) / size)
            for frequency, size in zip(frequencies, sizes, strict=True)
        ]
        wave = np.einsum("h,w,c->hwc", *steps)
        made += [wave, -wave]
    kernels_last: np.ndarray = np.stack(made, axis=-1).astype("float32")
    return kernels_last / np.float32(np.sqrt(height * width))
