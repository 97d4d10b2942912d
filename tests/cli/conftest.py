"""Commands as a person types them, in this process; an image to ask about."""

import subprocess

import numpy as np
import pytest
from PIL import Image

from fmnist.cli.commands import main
from fmnist.data import fashion_mnist

from ..conftest import in_one_sentence


@pytest.fixture
def call(capfd):
    """A function: a command of `python -m fmnist`, in this process; what became of it."""

    def call(*arguments) -> subprocess.CompletedProcess:
        capfd.readouterr()
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as ended:  # arguments that cannot be used
            code = ended.code
        return subprocess.CompletedProcess(arguments, code, *capfd.readouterr())

    return call


@pytest.fixture
def refusal(capfd):
    """A function: what a command that cannot be done says on stderr, printing nothing else."""

    def refusal(*arguments) -> str:
        capfd.readouterr()
        assert main([str(argument) for argument in arguments]) == 1
        printed = capfd.readouterr()
        assert printed.out == ""
        assert printed.err.startswith("fmnist: ")
        assert in_one_sentence(printed.err)
        return printed.err

    return refusal


@pytest.fixture
def trouser(tmp_path):
    """An image file: the first trouser of the test set, black on white."""
    images, labels = fashion_mnist.load("test")
    path = tmp_path / "trouser.png"
    Image.fromarray(255 - images[np.flatnonzero(labels == 1)[0]]).resize((280, 280)).save(path)
    return path
