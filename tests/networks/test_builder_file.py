"""The network of somebody's Python file: what it may be, and the sentence for what it may not."""

import pytest

from fmnist.networks import builder_file, layer_list
from fmnist.networks.layer_kinds import NetworkError
from fmnist.networks.presets import PRESETS

from ..conftest import in_one_sentence

HEAD = "from keras import Input, Model, Sequential, layers\n\n\n"
RESIDUAL = (
    HEAD
    + '''\
def build(shape, classes):
    """Two branches that are added.

    More about it.
    """
    images = Input(shape)
    x = layers.Reshape((*shape, 1)[:3])(layers.Rescaling(1 / 255)(images))
    x = layers.Conv2D(4, 3, padding="same", activation="relu")(x)
    x = layers.add([x, layers.SeparableConv2D(4, 3, padding="same")(x)])
    x = layers.GlobalAveragePooling2D()(x)
    return Model(images, layers.Dense(classes, activation="softmax")(x))
'''
)
END = 'layers.Dense(10, activation="softmax")'


def network(tmp_path, source: str, function: str = "build") -> builder_file.FileNetwork:
    """The network that a function in a file with that text builds."""
    path = tmp_path / "my_net.py"
    path.write_text(source)
    return builder_file.read(f"{path}:{function}")


def refusal(tmp_path, source: str, function: str = "build") -> str:
    """What is said of a file whose network cannot be trained."""
    with pytest.raises(NetworkError) as error:
        network(tmp_path, source, function).build((28, 28), 10)
    assert in_one_sentence(str(error.value))
    return str(error.value)


@pytest.mark.parametrize(("shape", "classes"), [((28, 28), 10), ((32, 32, 3), 3)])
def test_a_builder_gets_the_shape_of_an_image_and_the_number_of_classes(tmp_path, shape, classes):
    model = network(tmp_path, RESIDUAL).build(shape, classes)
    assert model.input_shape == (None, *shape)
    assert model.output_shape == (None, classes)


def test_a_network_is_known_by_its_text_when_the_file_is_gone(tmp_path):
    known = network(tmp_path, RESIDUAL)
    (tmp_path / "my_net.py").unlink()
    assert known.builder == "my_net.py:build"
    assert known.source == RESIDUAL
    assert known.summary == "Two branches that are added."
    assert known.build((28, 28), 10).count_params() > 0


def test_a_text_that_is_no_python_as_a_damaged_run_has_is_one_sentence():
    damaged = builder_file.FileNetwork("my_net.py:build", "def build(:")
    assert damaged.summary.endswith(".")
    with pytest.raises(
        NetworkError, match=r"my_net.py, line 1: SyntaxError: invalid syntax"
    ) as error:
        damaged.build((28, 28), 10)
    assert in_one_sentence(str(error.value))


def test_reading_a_file_does_not_run_it(tmp_path):
    source = "raise SystemExit\n\n\ndef build():\n    pass\n"
    assert network(tmp_path, source).summary == "The network that `build` in my_net.py builds."
    assert "my_net.py, line 1: SystemExit" in refusal(tmp_path, source)


def test_what_the_train_page_shows_is_a_file_that_can_be_brought(tmp_path):
    source = layer_list.source([layer_list.read(text) for text in PRESETS["two-conv"]])
    assert network(tmp_path, source).build((28, 28), 10).count_params() == 83_466


def test_a_builder_may_take_no_arguments_or_others_names(tmp_path):
    body = f"    return Sequential([Input((28, 28)), layers.Flatten(), {END}])\n"
    for taken in ("", "input_shape, count", "width=3", "shape, classes, depth=2"):
        source = f"{HEAD}def build({taken}):\n{body}"
        assert network(tmp_path, source).build((28, 28), 10).count_params() == 7_850, taken


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("my_net.py", "expected FILE.py:BUILDER"),
        ("my_net.txt:build", "expected FILE.py:BUILDER"),
        ("my_net.py:", "expected FILE.py:BUILDER"),
        ("gone.py:build", "gone.py cannot be read: No such file"),
    ],
)
def test_an_argument_that_names_no_builder_is_one_sentence(argument, expected):
    with pytest.raises(NetworkError) as error:
        builder_file.read(argument)
    assert expected in str(error.value)
    assert in_one_sentence(str(error.value))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"def build(:\n    pass\n", "my_net.py, line 1: invalid syntax"),
        (b"\xff\xfe", "not a text in UTF-8"),
        (b"x = 0\0", "my_net.py, line 1"),
        (b"#" * 100_001, "expected a file of 100,000 at most"),
    ],
)
def test_a_file_that_is_no_python_is_one_sentence_with_its_line(tmp_path, content, expected):
    (tmp_path / "my_net.py").write_bytes(content)
    with pytest.raises(NetworkError) as error:
        builder_file.read(f"{tmp_path / 'my_net.py'}:build")
    assert expected in str(error.value)
    assert in_one_sentence(str(error.value))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            "import my_layers\n",
            "line 1: ModuleNotFoundError: No module named 'my_layers'; expected one",
        ),
        ("def other():\n    pass\n", "no function 'build'; it has other"),
        (
            "def build(a, b, c):\n    pass\n",
            "line 1: build takes (a, b, c); expected (shape, classes)",
        ),
        ("\ndef build():\n    x = 1\n    return y\n", "line 4: NameError: name 'y' is not defined"),
        (
            "def build():\n    return 7\n",
            "line 1: build gives no network to train: the builder returned int",
        ),
    ],
)
def test_a_mistake_in_a_file_is_one_sentence_with_its_line(tmp_path, source, expected):
    assert expected in refusal(tmp_path, source)


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        (
            f"Input((28, 28, 1)), layers.Flatten(), {END}",
            "its input is (28, 28, 1); expected (28, 28)",
        ),
        (
            "Input((28, 28)), layers.Flatten(), layers.Dense(9, activation='softmax')",
            "its output is (9,)",
        ),
        ("Input((28, 28)), layers.Flatten(), layers.Dense(10)", "its last layer is Dense(linear)"),
        (
            "Input((28, 28)), layers.Flatten(), layers.Dense(10), layers.Softmax()",
            "its last layer is Softmax",
        ),
        (f"layers.Flatten(), {END}", "without an Input"),
        (f"Input((28, 28)), layers.Conv2D(3, 3), {END}", "line 6: ValueError: Input 0"),
        (
            f"Input((28, 28)), layers.Lambda(lambda x: x), layers.Flatten(), {END}",
            "layers of Keras alone",
        ),
        (
            f"Input((28, 28)), Own(), layers.Flatten(), {END}",
            "is Own; expected layers of Keras alone",
        ),
        (f"Input((28, 28)), Sequential([layers.Flatten()]), {END}", "has layers within it"),
    ],
)
def test_a_network_of_another_form_is_one_sentence_with_what_was_expected(
    tmp_path, layers, expected
):
    own = "class Own(layers.Layer):\n    def call(self, x):\n        return x\n"
    source = f"{HEAD.strip()}\n{own}def build():\n    return Sequential([{layers}])\n"
    assert expected in refusal(tmp_path, source)


def test_a_model_of_an_own_class_is_refused(tmp_path):
    source = f"{HEAD}class Own(Model):\n    pass\n\n\ndef build():\n    return Own()\n"
    assert "it is Own without an Input" in refusal(tmp_path, source)
