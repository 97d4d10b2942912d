"""A network layer by layer, on the Try it and Models pages: what is sent to the browser, and how much."""

import base64
import dataclasses
import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fmnist.app.components import step_arithmetic, step_through, step_words
from fmnist.data import fashion_mnist
from fmnist.inference.forward import explained
from fmnist.inference.forward.steps import ForwardPass, Network, Step
from fmnist.machine import folders

from .visiting import visit, words

MOST = 300_000  # characters of one message

IMAGE = fashion_mnist.load("test")[0][5]


def passed(name: str) -> ForwardPass:
    return Network(folders.SHIPPED / name / "model.keras").forward(IMAGE)


def sent(app: AppTest) -> dict:
    """What the page sends to the component."""
    (part,) = (each.proto for each in app.get("bidi_component") if "steps" in each.proto.id)
    assert len(part.json) < MOST
    return json.loads(part.json)


def floats(text: str, *shape: int) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f4").reshape(shape)


def sum_in_browser(message: dict, row: int, column: int) -> float:
    """What a browser makes of the message of a convolution at one place, before the stages."""
    maps = floats(message["maps"], *message["shape"])
    kernels = floats(message["kernels"], len(maps), *message["size"])
    total = message.get("bias", 0.0)
    for place in np.ndindex(*message["size"]):
        y, x = (
            at * stride + inner * step - before
            for at, stride, inner, step, before in zip(
                (row, column),
                message["strides"],
                place,
                message["dilation"],
                message["before"],
                strict=True,
            )
        )
        if 0 <= y < maps.shape[1] and 0 <= x < maps.shape[2]:
            total += float((maps[:, y, x] * kernels[:, *place]).sum())
    if more := message.get("more"):
        total += float(floats(more["values"], *message["places"])[row, column])
    return total


def convolutions(name: str) -> list[Step]:
    return [step for step in passed(name).steps if step.kind == "convolution"]


@pytest.mark.parametrize("most", [step_arithmetic.MOST_VALUES, 1_000])  # all maps, or some of them
def test_what_a_browser_gets_adds_up_to_the_feature_map(most, monkeypatch):
    monkeypatch.setattr(step_arithmetic, "MOST_VALUES", most)
    for step in convolutions("two-conv"):
        names = [f"map {number}" for number in range(step.layer.weights[0].shape[2])]
        message = step_arithmetic.windows(step, 3, names, False)
        height, width = message["places"]
        for row, column in ((0, 0), (height - 1, width - 1), (5, 6)):
            expected = explained.as_maps(step.values)[row, column, 3]
            assert sum_in_browser(message, row, column) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("name", ["augmented-cnn", "everyday"])
def test_no_layer_takes_more_than_300_kb(name):
    found = passed(name)
    for step in found.steps:
        if step.kind not in ("moved", "dense"):
            maps = explained.as_maps(step.inputs[0]).shape[2]
            message = step_arithmetic.windows(step, 0, ["map"] * maps, False)
            tiles = step_through._tiles(step)
            assert len(json.dumps([message, tiles])) < MOST


def test_many_large_maps_are_sent_with_fewer_pixels():
    step = passed("two-conv").steps[1]
    noise = np.random.default_rng(0).normal(size=(48, 48, 512)).astype(np.float32)
    tiles = step_through._tiles(dataclasses.replace(step, values=noise, stages=()))
    assert tiles["count"] == 512
    assert len(tiles["image"]) < MOST / 2


def test_steps_have_the_names_of_the_field():
    found = passed("compact")
    titles = step_words.titles(found)
    assert titles[:3] == ["Input", "Convolution 1", "Max pooling 1"]
    assert {"Sum 1", "Sum 2", "Flatten", "Classes"} <= set(titles)
    about = step_words.about(found.steps[3], found)
    assert "96 kernels of 3 × 3" in about
    assert "batch normalisation and relu" in about


def test_on_the_models_page_a_test_image_goes_through_the_network():
    data = sent(visit("models", model="two-conv", tab="Kernels and maps", test_image="5"))
    assert data["steps"][1] == {"title": "Convolution 1", "size": "28 × 28 × 32"}
    assert data["at"] == 1
    assert data["tiles"]["count"] == 32
    assert data["windows"]["kind"] == "convolution"


def test_what_is_shown_is_the_network_itself_and_the_page_says_what_the_prediction_has_besides():
    text = words(visit("models", model="ensemble", tab="Kernels and maps"))
    assert "mirror image" in text
    assert "ensemble member compact" in text
    assert "eight bits" in text


def test_on_try_it_it_is_computed_once_it_is_opened_and_a_drawing_goes_through(monkeypatch):
    app = visit("", model="two-conv")
    assert not [each for each in app.get("bidi_component") if "steps" in each.proto.id]
    app.session_state["try.network"] = True
    app.session_state["steps.step"] = "dense"
    app.run()
    data = sent(app)
    names = [row[1] for row in data["classes"]["rows"]]
    assert names[0] == data["sums"][0]["name"] == "Trouser"
    logits = [row[2] for row in data["classes"]["rows"]]
    assert logits == sorted(logits, reverse=True)
    for part in data["sums"]:
        listed = sum(value for _, value in part["largest"]) + part["more"][1] + part["bias"]
        assert listed == pytest.approx(part["value"], abs=1e-3)


def test_of_a_dense_network_each_pixel_has_a_part_in_the_logit():
    found = passed("mlp-256")
    (part,) = step_arithmetic.sums(found, found.last, [9], ["class"] * 10)
    picture = floats(part["picture"]["values"], *part["picture"]["shape"])
    assert picture.shape == (28, 28)
    assert picture.sum() + part["picture"]["bias"] == pytest.approx(part["value"], abs=1e-3)


def test_a_choice_of_a_strange_browser_is_none(monkeypatch):
    import streamlit as st

    for strange in (None, "x", [1], ["a", 2], [1, 2, 3]):
        monkeypatch.setattr(st, "session_state", {"steps": type("State", (), {"chosen": strange})})
        assert step_through.chosen("steps") is None
