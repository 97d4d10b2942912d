"""A network as a list of layers: its notation, whether they fit, what they cost, its Keras source.

    conv 32 3 same relu    kernels, size, padding, activation
    pool 2                 size
    norm
    activation relu        function
    dropout 0.25           rate
    flatten
    average
    dense 128 relu         units, activation

What is left out has its default: `conv 64` is `conv 64 3 same relu`. Before the first layer pixels are scaled to 0 to
1, and after the last one comes a dense layer with softmax, a unit a class. A layer that is normalised before its
activation needs no bias, and gets none.
"""

import difflib
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from .flops import megaflops
from .layer_kinds import KINDS, BatchNormalisation, Dense, Layer, MaxPooling, NetworkError, Shape

NOTATION = "layers such as conv 32 3 same relu, pool 2, norm, activation relu, dropout 0.25, flatten, average, dense 128 relu"
DEEPEST = 40  # layers
MOST_PARAMETERS = 5_000_000
MOST_MEGAFLOPS = 400.0  # an image; some 7 minutes an epoch of 60,000 images on two cores
MOST_VALUES = 1_500_000  # an image: of all layers' outputs, which training keeps for a whole batch

Row = dict[str, Any]  # of a layer, as in a run's result.json


class Plan(NamedTuple):
    """What is known of a network before it is built."""

    rows: list[Row]  # name, type, output_shape, parameters, multiply_adds of each layer that fits
    problem: str | None  # why it cannot be built, in a sentence
    at: (
        int | None
    )  # the index of the layer that does not fit; as many as there are layers: the last dense one


def read(text: str) -> Layer:
    """The layer that a text stands for.

    Raises:
        NetworkError: there is no such kind, or an option is not possible.
    """
    word, *words = text.lower().split() or [""]
    if word not in KINDS:
        near = difflib.get_close_matches(word, KINDS, n=1, cutoff=0.5)
        meant = f"did you mean {near[0]}?" if near else f"expected one of {', '.join(KINDS)}."
        raise NetworkError(f"There is no layer {word[:40]!r}; {meant}")
    kind, chosen = KINDS[word], {}
    try:
        for option in kind.options():
            if words and (value := option.read(words[0])) is not None:
                chosen[option.name] = value
                words = words[1:]
    except NetworkError as error:
        raise NetworkError(f"The layer {text.strip()[:80]!r} is not possible: {error}.") from None
    if words:
        raise NetworkError(
            f"The layer {text.strip()[:80]!r} has an unexpected {words[0]!r}; expected {_usage(kind)}."
        )
    return kind(**chosen)


def standard(text: str) -> str:
    """A layer's text with all of its options written out.

    Raises:
        NetworkError: as `read`.
    """
    return read(text).text


def plan(layers: Sequence[Layer], shape: Shape, classes: int) -> Plan:
    """Shapes and cost of each layer, as far as they fit, and the first problem.

    Args:
        layers: without the scaling before them and the last dense layer.
        shape: of an image: (height, width), or (height, width, 3).
        classes: how many there are.
    """
    here = shape if len(shape) == 3 else (*shape, 1)
    rows = [_row("Rescaling", shape), _row("Reshape", here)]
    whole = (*layers, last(classes))
    for place, layer in enumerate(whole):
        if misfit := layer.misfit(here):
            number = f"Layer {place + 1}" if place < len(layers) else "The last layer"
            gives = f"{_named(layers, place)} gives {in_words(here)}"
            sentence = f"{number} ({layer.text}) {misfit.needs}, but {gives}; {misfit.advice}."
            return Plan(rows, sentence, place)
        after, bias = layer.output(here), has_bias(whole, place)
        cost = layer.parameters(here, bias), layer.multiply_adds(here)
        rows.append(_row(layer.type, after, *cost))
        here = after
    return Plan(rows, _too_much(layers, rows), None)


def check(layers: Sequence[Layer], shape: Shape, classes: int) -> None:
    """See that the network can be built and trained.

    Raises:
        NetworkError: it cannot, in a sentence.
    """
    if problem := plan(layers, shape, classes).problem:
        raise NetworkError(problem)


def source(layers: Sequence[Layer]) -> str:
    """The Python source of a builder, `build(shape, classes)`, complete in itself."""
    lines = [layer.source(has_bias(layers, place)) for place, layer in enumerate(layers)]
    return _SOURCE.format(layers="".join(f"            {line},\n" for line in lines))


_SOURCE = """\
from keras import Input, Sequential, layers


def build(shape, classes):
    return Sequential(
        [
            Input(shape),
            layers.Rescaling(1 / 255),
            layers.Reshape((*shape, 1)[:3]),
{layers}            layers.Dense(classes, activation="softmax"),
        ]
    )
"""


def last(classes: int) -> Layer:
    """The dense layer with softmax that ends each network."""
    return Dense(classes, "softmax")


def has_bias(layers: Sequence[Layer], place: int) -> bool:
    """Whether a layer with weights has a bias: not where a normalisation would take it away again."""
    after = next(
        (layer for layer in layers[place + 1 :] if not isinstance(layer, MaxPooling)), None
    )
    linear = getattr(layers[place], "activation", None) == "linear"
    return not (linear and isinstance(after, BatchNormalisation))


def in_words(shape: Shape) -> str:
    """A shape for a reader: "14 x 14 x 32", or "a row of 1,024 numbers"."""
    return " x ".join(map(str, shape)) if len(shape) > 1 else f"a row of {shape[0]:,} numbers"


def _usage(kind: type[Layer]) -> str:
    options = kind.options()
    names = " ".join((kind.word, *(option.label.upper() for option in options)))
    return f"{names}, such as {kind().text!r}" if options else f"{kind.word!r} alone"


def _named(layers: Sequence[Layer], place: int) -> str:
    """What comes before a layer."""
    return f"layer {place} ({layers[place - 1].text})" if place else "the image"


def _row(kind: str, output: Shape, parameters: int = 0, multiply_adds: int = 0) -> Row:
    return {
        "name": kind.lower(),
        "type": kind,
        "output_shape": list(output),
        "parameters": parameters,
        "multiply_adds": multiply_adds,
    }


def _too_much(layers: Sequence[Layer], rows: Sequence[Row]) -> str | None:
    """Which limit a network exceeds, in a sentence; None where it can be trained here."""
    if len(layers) > DEEPEST:
        return f"A network may have {DEEPEST} layers, not {len(layers)}; remove some."
    own = rows[2:]
    parameters = [row["parameters"] for row in own]
    if (count := sum(parameters)) > MOST_PARAMETERS:
        return (
            f"The network has {count:,} parameters, most of them in {_largest(layers, parameters)}, and may have "
            f"{MOST_PARAMETERS:,}; use fewer kernels or units, or more pooling."
        )
    if (cost := megaflops(own)) > MOST_MEGAFLOPS:
        largest = _largest(layers, [row["multiply_adds"] for row in own])
        return (
            f"The network takes {cost:,.0f} MFLOP an image, most of them in {largest}, and may take "
            f"{MOST_MEGAFLOPS:,.0f}; use fewer or smaller kernels, or more pooling."
        )
    values = [math.prod(row["output_shape"]) for row in own]
    if (count := sum(values)) > MOST_VALUES:
        return (
            f"The layers' outputs are {count:,} numbers an image, most of them of {_largest(layers, values)}, and may "
            f"be {MOST_VALUES:,}; use fewer kernels, or more pooling."
        )
    return None


def _largest(layers: Sequence[Layer], numbers: Sequence[int]) -> str:
    """The layer with the largest number, by its place and text."""
    place = numbers.index(max(numbers))
    return f"layer {place + 1} ({layers[place].text})" if place < len(layers) else "the last one"
