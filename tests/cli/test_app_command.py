"""`python -m fmnist app` opens the app wherever it is started."""

import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from fmnist.machine import folders

from ..conftest import wait_until


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def is_up(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health") as answer:
            return answer.status == 200
    except OSError:
        return False


def test_the_app_opens_from_another_folder_and_ends_with_its_command(tmp_path, port):
    command = [sys.executable, "-m", "fmnist", "app", "--no-browser", "--port", str(port)]
    environment = os.environ | {"PYTHONPATH": str(folders.ROOT)}
    none = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=none, stderr=none) as app:
        try:
            wait_until(lambda: app.poll() is not None or is_up(port), "the app's server")
            assert app.poll() is None
        finally:
            app.terminate()
            app.wait(30)
    assert not is_up(port)
