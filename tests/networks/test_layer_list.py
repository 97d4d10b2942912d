"""A network chosen layer by layer: its figures are Keras' own, and what does not fit is a sentence."""

import pytest

from fmnist.networks import layer_list
from fmnist.networks.architectures import ARCHITECTURES
from fmnist.networks.layer_kinds import KINDS, NetworkError
from fmnist.networks.presets import PRESETS
from fmnist.training.export import layer_table

from ..conftest import in_one_sentence

FIGURES = ("type", "output_shape", "parameters", "multiply_adds")
EVERYTHING = (
    "conv 8 5 valid tanh, norm, pool 3, dropout 0.1, conv 12 2 same linear, norm, activation gelu, conv 4 1, "
    "average, dense 16 linear, norm, activation relu, dropout 0.5, dense 8 sigmoid"
)


def layers_of(text: str) -> list[layer_list.Layer]:
    """The layers of a text, separated by commas; none of an empty one."""
    return [layer_list.read(part) for part in text.split(",") if part]


def problem(text: str, shape: tuple[int, ...] = (28, 28)) -> str:
    """Why a network cannot be built."""
    with pytest.raises(NetworkError) as error:
        layer_list.check(layers_of(text), shape, 10)
    assert in_one_sentence(str(error.value))
    return str(error.value)


def built(layers, shape, classes):
    """The Keras model that the shown source makes."""
    names: dict = {}
    exec(layer_list.source(layers), names)
    return names["build"](shape, classes)


@pytest.mark.parametrize("text", [EVERYTHING, *(", ".join(each) for each in PRESETS.values())])
@pytest.mark.parametrize(("shape", "classes"), [((28, 28), 10), ((48, 48, 3), 7)])
def test_shapes_parameters_and_cost_are_those_that_keras_counts(text, shape, classes):
    layers = layers_of(text)
    rows = layer_list.plan(layers, shape, classes).rows
    counted = layer_table(built(layers, shape, classes))
    assert [[row[name] for name in FIGURES] for row in rows] == [
        [row[name] for name in FIGURES] for row in counted
    ]


@pytest.mark.parametrize("name", sorted(PRESETS.keys() & ARCHITECTURES.keys()))
def test_what_one_can_start_from_is_the_network_of_that_name(name):
    rows = layer_list.plan(layers_of(", ".join(PRESETS[name])), (28, 28), 10).rows
    assert sum(row["parameters"] for row in rows) == ARCHITECTURES[name].parameters


@pytest.mark.parametrize("kind", KINDS.values())
def test_each_kind_of_layer_survives_its_notation(kind):
    assert layer_list.read(kind().text) == kind()
    assert layer_list.read(kind.word) == kind()
    assert kind.help.endswith(".")


def test_what_is_left_out_has_its_default():
    assert layer_list.standard(" conv  64 ") == "conv 64 3 same relu"
    assert layer_list.standard("Conv 64 valid") == "conv 64 3 valid relu"
    assert layer_list.standard("dense 10 tanh") == "dense 10 tanh"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "expected one of conv"),
        ("convv 3", "did you mean conv?"),
        ("__import__('os')", "There is no layer"),
        ("conv 9999", "kernels must be a whole number from 1 to 512, not 9999"),
        ("conv 1.5", "whole number"),
        ("conv nan", "whole number"),
        ("dropout 1", "rate must be a number from 0.01 to 0.9"),
        ("dropout inf", "rate must be a number"),
        ("conv 8 3 same softmax", "unexpected 'softmax'; expected conv KERNELS SIZE"),
        ("flatten 3", "unexpected '3'; expected 'flatten' alone"),
    ],
)
def test_what_is_no_layer_is_one_sentence(text, expected):
    with pytest.raises(NetworkError) as error:
        layer_list.read(text)
    assert expected in str(error.value)
    assert in_one_sentence(str(error.value))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "conv,flatten,pool",
            "Layer 3 (pool 2) takes feature maps, but layer 2 (flatten) gives a row of 25,088 numbers",
        ),
        (
            "dense 8",
            "Layer 1 (dense 8 relu) takes a row of numbers, but the image gives 28 x 28 x 1",
        ),
        ("conv,dense 8", "add flatten or average"),
        ("conv 8", "The last layer (dense 10 softmax) takes a row of numbers"),
        ("", "The last layer (dense 10 softmax) takes a row of numbers, but the image gives"),
        ("pool 8,pool 3,pool,flatten", "Layer 3 (pool 2) needs maps of 2 x 2 or more"),
        ("pool 4,conv 8 9 valid", "(conv 8 9 valid relu) needs maps of 9 x 9 or more, but layer 1"),
        ("flatten,average", "takes feature maps"),
    ],
)
def test_where_two_layers_do_not_fit_one_sentence_names_both(text, expected):
    assert expected in problem(text)


def test_as_far_as_layers_fit_their_figures_are_known():
    rows, sentence, at = layer_list.plan(layers_of("conv 8, dense 9, flatten"), (28, 28), 10)
    assert [row["type"] for row in rows] == ["Rescaling", "Reshape", "Conv2D"]
    assert sentence
    assert at == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (", ".join(["norm"] * 41 + ["flatten"]), "40 layers, not 42"),
        ("flatten, dense 4096, dense 4096", "most of them in layer 3 (dense 4096 relu)"),
        ("conv 64, conv 256 5, average", "MFLOP an image, most of them in layer 2 (conv 256 5"),
        ("conv 512 1, conv 1 1, " * 4 + "average", "numbers an image"),
    ],
)
def test_what_is_too_large_to_train_names_the_largest_layer(text, expected):
    assert expected in problem(text)


def test_a_larger_image_makes_a_network_larger():
    layers = layers_of("flatten, dense 1024")
    assert layer_list.plan(layers, (28, 28), 10).problem is None
    assert "parameters" in problem("flatten, dense 1024", (48, 48, 3))
