"""A network layer by layer for one image: its feature maps, and each value of them as arithmetic."""

import base64
import dataclasses
import io
from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st
from PIL import Image

from fmnist.app.shared import colours
from fmnist.inference import kernels
from fmnist.inference.forward import explained
from fmnist.inference.forward.steps import ForwardPass, Step

from . import step_arithmetic, step_words
from .component import register
from .step_arithmetic import CHANNELS, Message

COLUMNS = 16  # tiles in a row of a sprite
# Pixels of all tiles: 120 KB in base64 at most. Larger maps leave out rows and columns.
MOST_PIXELS = 65_536
THUMBNAIL = 40  # pixels of a step's image
LISTED_CLASSES = 10  # by probability

_component = register("step_through")


@dataclasses.dataclass(frozen=True)
class Choice:
    """What the visitor looks at."""

    step: int
    map: int  # a feature map, a unit of a dense layer, or a class


def step_through(
    passed: ForwardPass,
    choice: Choice,
    class_names: Sequence[str],
    key: str,
    on_choice: Callable[[], None],
) -> None:
    """Show the steps of an image.

    Args:
        passed: the forward pass, of one step or more.
        choice: what is open.
        class_names: of all classes.
        key: the component's key.
        on_choice: called before the page runs again; `chosen(key)` has the new choice.
    """
    step, titles = passed.steps[choice.step], step_words.titles(passed)
    data: Message = {
        "steps": [
            {"title": title, "size": step_words.size(each)}
            for title, each in zip(titles, passed.steps, strict=True)
        ],
        "strip": _sprite(np.stack([_thumbnail(each) for each in passed.steps])),
        "at": choice.step,
        "about": step_words.about(step, passed),
        "map": choice.map,
    }
    if step is passed.last:
        data |= _classes(passed, step, choice.map, class_names)
    elif step.kind == "dense":
        names = [f"Unit {unit}" for unit in range(len(step.output))]
        data |= {"sums": step_arithmetic.sums(passed, step, [choice.map], names)}
    elif step.kind != "moved":
        names, is_image = _input_names(passed, choice.step, titles)
        data["windows"] = step_arithmetic.windows(step, choice.map, names, is_image)
    if step is not passed.last and step.layer.type != "Flatten":
        data["tiles"] = _tiles(step)
    _component(data=data, key=key, on_chosen_change=on_choice)


def chosen(key: str) -> Choice | None:
    """What was just chosen in the component of that key; None if that is no choice."""
    match st.session_state[key].chosen:
        case [int(step), int(number)]:
            return Choice(step, number)
    return None


def strongest(step: Step) -> int:
    """The feature map that responds most, on average, or the unit with the largest value."""
    maps = explained.as_maps(step.output)
    return int(np.maximum(maps, 0).mean(axis=(0, 1)).argmax())


def _input_names(passed: ForwardPass, place: int, titles: Sequence[str]) -> tuple[list[str], bool]:
    """What the input maps of a step are called, and whether they are the image."""
    step = passed.steps[place]
    if step.kind == "sum":
        outputs = {id(each.output): title for each, title in zip(passed.steps, titles, strict=True)}
        return [outputs.get(id(one), "Input") for one in step.inputs], False
    count = explained.as_maps(step.inputs[0]).shape[2]
    if place and not np.shares_memory(step.inputs[0], passed.steps[0].output):
        return [f"map {number}" for number in range(count)], False
    return (list(CHANNELS) if count == len(CHANNELS) else ["image"]), True


def _classes(passed: ForwardPass, last: Step, other: int, names: Sequence[str]) -> Message:
    """Logits and probabilities, and what adds up to them for the predicted class and another one."""
    predicted = int(last.values.argmax())
    order = [int(label) for label in last.values.argsort()[::-1]]
    other = next(label for label in (other, *order) if label != predicted)
    listed = order[:LISTED_CLASSES] + [other] * (other not in order[:LISTED_CLASSES])
    function = last.stages[-1].name if last.stages else "softmax"
    probabilities = last.output if last.stages else _softmax(last.values)
    rows = [
        [label, names[label], float(last.values[label]), float(probabilities[label])]
        for label in listed
    ]
    rest = float(np.exp(np.delete(last.values, listed) - last.values.max()).sum())
    return {
        "sums": step_arithmetic.sums(passed, last, (predicted, other), names),
        "classes": {
            "rows": rows,
            "function": function,
            "predicted": predicted,
            "other": other,
            "more": len(order) - len(listed),
            "rest": rest,
        },
    }


def _softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max())
    return np.asarray(powers / powers.sum())


def _tiles(step: Step) -> Message:
    """All feature maps, or all units, of a step."""
    maps = explained.as_maps(step.output).transpose(2, 0, 1)
    is_row = step.output.ndim == 1
    each = int(np.ceil(np.sqrt(maps.size / MOST_PIXELS)))
    maps = maps[:, ::each, ::each]
    if step.layer.type == "InputLayer":
        images = np.stack([_grey(each) for each in maps])
    else:
        images = kernels.sheet(maps, 1, *_colours(), together=is_row)
        images = images.reshape(len(maps), *maps.shape[1:], 4)
    return _sprite(images) | {"count": len(maps), "units": is_row}


def _thumbnail(step: Step) -> np.ndarray:
    """(THUMBNAIL, THUMBNAIL, 4) uint8: the strongest feature map, or all numbers of a row."""
    if step.layer.type == "InputLayer":
        maps = explained.as_maps(step.output)
        pixels = np.stack([_grey(maps[..., place]) for place in range(maps.shape[2])])
        found = pixels[0] if len(pixels) != len(CHANNELS) else _in_colour(maps)
    elif step.output.ndim == 1:
        edge = int(np.ceil(np.sqrt(step.output.size)))
        square = np.pad(step.output, (0, edge**2 - step.output.size)).reshape(1, edge, edge)
        found = kernels.sheet(square, 1, *_colours())
    else:
        strong = explained.as_maps(step.output)[..., strongest(step)]
        found = kernels.sheet(strong[None], 1, *_colours())
    rows, columns = (np.arange(THUMBNAIL) * length // THUMBNAIL for length in found.shape[:2])
    return np.asarray(found[rows][:, columns])


def _in_colour(maps: np.ndarray) -> np.ndarray:
    lowest, highest = maps.min(), maps.max()
    scaled = np.rint(255 * (maps - lowest) / max(highest - lowest, 1e-9)).astype(np.uint8)
    return np.concatenate([scaled, np.full_like(scaled[..., :1], 255)], axis=2)


def _grey(values: np.ndarray) -> np.ndarray:
    return _in_colour(np.repeat(values[..., None], 3, axis=2))


def _colours() -> tuple[kernels.Colour, kernels.Colour]:
    return colours.rgb(colours.teal()), colours.rgb(colours.amber())


def _sprite(images: np.ndarray) -> Message:
    """Images, (N, H, W, 4) uint8, side by side in a PNG."""
    columns = min(COLUMNS, len(images))
    padded = np.pad(images, ((0, -len(images) % columns), (0, 0), (0, 0), (0, 0)))
    rows = [np.concatenate(list(row), axis=1) for row in np.split(padded, len(padded) // columns)]
    file = io.BytesIO()
    Image.fromarray(np.concatenate(rows)).save(file, "PNG", compress_level=1)
    image = base64.b64encode(file.getvalue()).decode()
    return {"image": image, "columns": columns, "rows": len(rows)}
