"""What a browser needs to show the values of a step as arithmetic: arrays in base64, and few of them."""

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np

from fmnist.inference.forward import explained, operations
from fmnist.inference.forward.explained import Contributions, Source
from fmnist.inference.forward.steps import ForwardPass, Stage, Step

MOST_VALUES = (
    28_000  # of input maps: 150 KB in base64; the maps that add least are summed up on the server
)
LISTED = 4  # of the largest contributions for, and as many against
CHANNELS = ("red", "green", "blue")

Message = dict[str, Any]


def text(array: np.ndarray) -> str:
    """An array as base64 of float32, in C order."""
    return base64.b64encode(np.ascontiguousarray(array, "<f4").tobytes()).decode()


def windows(step: Step, channel: int, names: Sequence[str], is_image: bool) -> Message:
    """All values of one feature map, with the windows that they are made of.

    Args:
        step: of any kind but "moved" and "dense".
        channel: which of its maps.
        names: of the input maps, or of the inputs of a sum.
        is_image: whether the input is the image.
    """
    source = explained.source(step, channel)
    order = _strongest_first(source)
    sent = np.sort(order[: max(1, MOST_VALUES // source.maps[0].size)])
    found = source.windows
    # A maximum sees one map, which has the number of its own; of a sum each input has a name.
    numbers = np.arange(len(names)) if step.kind == "sum" else np.array(source.channels)
    message: Message = {
        "kind": step.kind,
        "image": is_image,
        "shape": [len(sent), *source.maps.shape[1:]],
        "maps": text(source.maps[sent]),
        "names": [names[place] for place in numbers[sent]],
        "shown": int(np.flatnonzero(sent == order[0])[0]),
        "size": found.size,
        "strides": found.strides,
        "dilation": found.dilation,
        "before": found.before,
        "places": found.places,
    }
    if source.kernels is not None:
        message["kernels"] = text(source.kernels[sent])
    if len(sent) < len(source.maps):
        message["more"] = {
            "count": len(source.maps) - len(sent),
            "values": text(_rest(source, sent)),
        }
    if step.layer.config.get("use_bias"):
        message["bias"] = source.bias
    values = explained.as_maps(step.values)[..., channel]
    message["stages"] = [_stage(stage, channel) for stage in step.stages]
    message["values"] = text(
        explained.as_maps(step.output)[..., channel] if step.stages else values
    )
    return message


def _strongest_first(source: Source) -> np.ndarray:
    """The input maps in the order of how much they can add, the most first."""
    weights = 1 if source.kernels is None else np.abs(source.kernels).sum(axis=(1, 2))
    return np.asarray(
        (np.abs(source.maps).mean(axis=(1, 2)) * weights).argsort(kind="stable")[::-1]
    )


def _rest(source: Source, sent: np.ndarray) -> np.ndarray:
    """What the input maps that are not sent add to each value, (*places)."""
    assert source.kernels is not None
    rest = np.delete(np.arange(len(source.maps)), sent)
    seen = source.windows.seen(source.maps[rest].transpose(1, 2, 0))
    parts = [values @ source.kernels[rest, row, column] for row, column, values in seen]
    return np.asarray(np.sum(parts, axis=0))


def _stage(stage: Stage, channel: int) -> Message:
    """What is done to each value, with the numbers that do it."""
    message: Message = {
        "name": stage.name,
        "values": text(explained.as_maps(stage.values)[..., channel]),
    }
    if stage.name == "batch normalisation":
        numbers = [float(each[channel]) for each in operations.normalisation(stage.layer)]
        message |= dict(zip(("mean", "deviation", "gamma", "beta"), numbers, strict=True))
    if stage.name == "rescaling":
        message |= {name: float(stage.layer.config[name]) for name in ("scale", "offset")}
    return message


def sums(
    passed: ForwardPass, step: Step, units: Sequence[int], names: Sequence[str]
) -> list[Message]:
    """What adds up to some units of a dense layer.

    Args:
        passed: the forward pass that the step is of.
        step: of the kind "dense".
        units: which of its units.
        names: of all of them.
    """
    return [_sum(passed, step, unit, names[unit]) for unit in units]


def _sum(passed: ForwardPass, step: Step, unit: int, name: str) -> Message:
    found = explained.contributions(step, unit)
    products = found.products
    message: Message = {
        "name": name,
        "bias": found.bias if step.layer.config.get("use_bias") else None,
        "value": float(step.values[unit]),
        "stages": [[stage.name, float(stage.values[unit])] for stage in step.stages],
        "for": float(products[products > 0].sum()),
        "against": float(products[products < 0].sum()),
    }
    of_pixels = explained.by_pixel(passed, unit) if step is passed.last else None
    pictured = of_pixels or found
    if (picture := pictured.by_place) is not None:
        is_image = of_pixels is not None or found.flattened == passed.steps[0].output.shape
        message["picture"] = {"values": text(picture), "shape": picture.shape, "pixels": is_image}
        if of_pixels:
            message["picture"]["bias"] = of_pixels.bias
    return message | _largest(found)


def _largest(found: Contributions) -> Message:
    """The features that add most and that take off most, summed over places where they were maps."""
    products = found.by_channel
    if len(products) <= len(CHANNELS):  # all channels of an image
        return {"largest": [], "more": None}
    what = "Unit" if found.flattened is None else "Feature map"
    order = products.argsort(kind="stable")
    chosen = [place for place in order[::-1][:LISTED] if products[place] > 0]
    chosen += [place for place in order[:LISTED][::-1] if products[place] < 0]
    rest = float(products.sum() - products[chosen].sum())
    return {
        "largest": [[f"{what} {place}", float(products[place])] for place in chosen],
        "more": [len(products) - len(chosen), rest],
    }
