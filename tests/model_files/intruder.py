"""What code would try that got into the process of a model file; `test_walls` runs it there.

    python -m intruder HOME PORT

HOME is somebody's folder, with a secret and with `report`, the only folder that is meant for it.
"""

import ctypes
import errno
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

HOME = Path(sys.argv[1] if __name__ == "__main__" else ".")
PORT = int(sys.argv[2]) if __name__ == "__main__" else 0


def fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def read_in_a_thread() -> None:
    found: list[BaseException] = []

    def read() -> None:
        try:
            (HOME / "secret.txt").read_text()
        except OSError as error:
            found.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    thread.join()
    if found:
        raise found[0]


def call(number: int, *arguments: object) -> None:
    """Make a system call that Python has no function for."""
    if ctypes.CDLL(None, use_errno=True).syscall(number, *arguments) == -1:
        raise OSError(ctypes.get_errno(), "")


ATTEMPTS: dict[str, Callable[[], object]] = {
    "read a file": (HOME / "secret.txt").read_text,
    "read a file in a thread": read_in_a_thread,
    "list a folder": lambda: list(HOME.iterdir()),
    "read the users": Path("/etc/passwd").read_text,
    "read what its starter was given": Path(f"/proc/{os.getppid()}/environ").read_text,
    "write a file": lambda: (HOME / "new.txt").write_text("new"),
    "change a file": lambda: (HOME / "secret.txt").write_text("changed"),
    "cut a file": lambda: os.truncate(HOME / "secret.txt", 0),
    "close a file to its owner": lambda: (HOME / "secret.txt").chmod(0o600),
    "give a file another date": lambda: os.utime(HOME / "secret.txt"),
    "rename a file": lambda: (HOME / "secret.txt").rename(HOME / "report" / "mine.txt"),
    "link to a file": lambda: os.link(HOME / "secret.txt", HOME / "report" / "mine.txt"),
    "delete a file": (HOME / "secret.txt").unlink,
    "change the package": lambda: os.close(os.open(json.__file__, os.O_RDWR)),
    "connect to a server": lambda: socket.create_connection(("127.0.0.1", PORT)),
    "listen": lambda: socket.create_server(("127.0.0.1", 0)),
    "send a datagram": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
    "reach a local server": lambda: socket.socket(socket.AF_UNIX),
    "get past them by io_uring": lambda: call(425, 1, ctypes.create_string_buffer(120)),
    "fork": fork,
    "start a program": lambda: subprocess.run(["/bin/true"]),
    "become a program": lambda: os.execv("/bin/true", ["true"]),
    "end its starter": lambda: os.kill(os.getppid(), signal.SIGCONT),
    "look into its starter": lambda: os.pidfd_open(os.getppid()),
}
NEEDS: dict[str, Callable[[], object]] = {
    "writes its report": lambda: (HOME / "report" / "new.txt").write_text("new"),
    "writes a temporary file": lambda: tempfile.mkstemp(),
    "starts a thread": lambda: threading.Thread(target=print).start(),
}


def outcome(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, type(error).__name__)
    return "done"


if __name__ == "__main__":
    outcomes = {what: outcome(attempt) for what, attempt in (ATTEMPTS | NEEDS).items()}
    (HOME / "report" / "attempts.json").write_text(json.dumps(outcomes))
