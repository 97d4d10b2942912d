"""Machines to make a cluster of, on this one.

Where root may make namespaces, a machine has its own network (an address on a bridge, whose cable can be pulled),
processes (killing the first kills all), host name, /tmp, home and shared memory: with home it shares only the software
that is installed. Elsewhere it is a tree of plain processes with the address of this one.
"""

import contextlib
import functools
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0  # seconds that something may take which takes a few on an idle machine
LOOK = 0.05  # seconds between two looks
SHARED_MEMORY = 500_000_000  # bytes of a machine's /dev/shm
CABLE = "fmn-"  # what names of network interfaces begin with
ISOLATED = "setpriv --pdeathsig KILL unshare --net --pid --mount --uts --ipc --fork --kill-child --mount-proc"


@functools.cache
def isolated() -> bool:
    """Whether machines can have namespaces of their own here."""
    if sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("ip"):
        return False
    return not subprocess.run([*ISOLATED.split(), "true"], capture_output=True).returncode


class Network:
    """A bridge between this machine and others, 10.77.N.0/24; without namespaces, this machine's own network."""

    def __init__(self) -> None:
        """Make it; those whose makers have died without removing them are removed."""
        if isolated():
            used = _bridges()
            for name in [name for name in used if not psutil.pid_exists(int(name.split("-")[-1]))]:
                _ip("link", "delete", name)
            self._number = next(n for n in range(256) if n not in used.values())
            self._name = f"{CABLE}br-{os.getpid()}"
            _ip("link", "add", self._name, "type", "bridge")
            _ip("address", "add", f"{self.address(254)}/24", "dev", self._name)
            _ip("link", "set", self._name, "up")

    def address(self, number: int) -> str:
        """The IP address of the machine of that number, from 1."""
        return f"10.77.{self._number}.{number}" if isolated() else _own_address()

    def connect(self, cable: str) -> None:
        """Connect a machine by its cable."""
        _ip("link", "set", cable, "master", self._name, "up")

    def remove(self) -> None:
        """Remove it, once its machines have ended."""
        if isolated():
            _ip("link", "delete", self._name)


class Machine:
    """A machine that runs one command and what that starts."""

    def __init__(
        self,
        network: Network,
        number: int,
        name: str,
        folder: Path,
        command: list[str],
        **setting: str,
    ):
        """Start it.

        Args:
            network: that it is connected to.
            number: of its address there, from 1.
            name: its host name.
            folder: its /tmp and home, made here; what the command prints is in `printed.txt`.
            command: that it runs.
            setting: environment variables; besides these it has those of a new machine.
        """
        self.name, self.folder, self.address = name, folder, network.address(number)
        folder.mkdir()
        home = "/tmp" if isolated() else str(folder)
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        environment = {**kept, "HOME": home, "TMPDIR": home, **setting}
        with open(folder / "printed.txt", "wb") as output:
            options: dict[str, Any] = {"env": environment, "stdout": output, "stderr": output}
            if not isolated():
                self.process = subprocess.Popen(command, cwd=folder, **options)
                return
            options["env"]["SOFTWARE"] = f"{ROOT}:{sys.prefix}"
            own = [*ISOLATED.split(), "bash", str(Path(__file__).with_name("machine.sh"))]
            own += [f"{self.address}/24", name, str(folder), str(SHARED_MEMORY)]
            self.process = subprocess.Popen([*own, *command], stdin=subprocess.PIPE, **options)
        self._cable = f"{CABLE}{self.process.pid}"
        self._connect(network)

    def _connect(self, network: Network) -> None:
        """Lay a cable into its network namespace, as soon as it has one, and let it begin."""
        here, there = (Path(f"/proc/{pid}/ns/net") for pid in ("self", self.process.pid))
        wait_until(lambda: there.readlink() != here.readlink(), "a namespace")
        end = f"type veth peer name eth0 netns {self.process.pid}"
        _ip("link", "add", self._cable, *end.split())
        network.connect(self._cable)
        assert self.process.stdin
        with self.process.stdin as pipe:
            pipe.write(b"\n")

    @property
    def lives(self) -> bool:
        """Whether its command runs."""
        return self.process.poll() is None

    def printed(self) -> str:
        """What its command has printed."""
        return (self.folder / "printed.txt").read_text(errors="replace")

    def processes(self, word: str = "") -> list[psutil.Process]:
        """Those of its processes that have the word in their command line, such as "ray::" or "fmnist work"."""
        found = []
        with contextlib.suppress(psutil.NoSuchProcess):
            for process in psutil.Process(self.process.pid).children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    if word in " ".join(process.cmdline()):
                        found.append(process)
        return found

    def kill(self) -> None:
        """End all its processes at once, as when its power is cut."""
        found = self.processes()
        for process in found:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.kill()
        self.process.wait()
        psutil.wait_procs(found, timeout=PATIENCE)

    def unplug(self) -> None:
        """Pull its network cable, where it is `isolated`: its processes go on, and nobody hears of them."""
        _ip("link", "set", self._cable, "down")

    def plug_in(self) -> None:
        """Put the network cable back."""
        _ip("link", "set", self._cable, "up")


def wait_until(condition: Callable[[], object], what: str) -> None:
    """Look again and again until the condition holds.

    Raises:
        TimeoutError: it does not after `PATIENCE` seconds.
    """
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {PATIENCE:.0f} s for {what}")
        time.sleep(LOOK)


def _own_address() -> str:
    """This machine's address to others, which Ray uses even for 127.0.0.1."""
    with socket.socket(type=socket.SOCK_DGRAM) as probe, contextlib.suppress(OSError):
        probe.connect(("192.0.2.1", 9))  # nothing is sent
        return str(probe.getsockname()[0])
    return "127.0.0.1"


def _bridges() -> dict[str, int]:
    """The networks that there are, by name: N of their addresses."""
    printed = _ip("-oneline", "-family", "inet", "address").splitlines()
    lines = [line.split() for line in printed if f"{CABLE}br-" in line]
    return {words[1]: int(words[3].split(".")[2]) for words in lines}


def _ip(*arguments: str) -> str:
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True)
    assert done.returncode == 0, f"ip {' '.join(arguments)}: {done.stderr}"
    return done.stdout
