"""Whatever code runs in the process of a model file, it reaches neither files, nor the network, nor other programs."""

import json
import socket
import sys
from pathlib import Path

import pytest

from fmnist.model_files import limited, walls

from . import intruder

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="others have no such walls")


@pytest.fixture(scope="module")
def attempts(tmp_path_factory) -> dict[str, str]:
    """What came of each attempt of `intruder`, beside a folder of somebody's with a secret and a server."""
    home = tmp_path_factory.mktemp("home")
    (home / "secret.txt").write_text("secret")
    (home / "report").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(intruder.__file__).parent))
        arguments = [home, str(server.getsockname()[1])]
        limited.run("intruder", arguments, home / "report", "it", {"Intruding": 60.0}, print)
    found: dict[str, str] = json.loads((home / "report" / "attempts.json").read_text())
    assert sorted(path.name for path in home.iterdir()) == ["report", "secret.txt"]
    return found


@pytest.mark.parametrize("what", intruder.ATTEMPTS)
def test_code_in_the_process_of_a_model_file_cannot(attempts, what):
    assert attempts[what] in ("EACCES", "EPERM", "EXDEV")


def test_code_in_the_process_of_a_model_file_has_what_it_needs(attempts):
    assert {attempts[what] for what in intruder.NEEDS} == {"done"}


def test_this_system_has_all_walls():
    assert walls.missing() == ()
