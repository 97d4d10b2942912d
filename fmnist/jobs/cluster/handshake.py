"""Whether a cluster takes this machine: it answers, and token and versions fit; in a sentence where they do not.

Ray itself says the same of nearly all of it, half a minute later: "ray client connection timeout".
"""

import importlib.metadata
import os
import platform
import re
from contextlib import suppress
from pathlib import Path

PATIENCE = 10.0  # seconds for the head to answer
ASK = "/ray.rpc.RayletDriver/ClusterInfo"  # a method of Ray's client server
PING = b"\x08\x06"  # a ClusterInfoRequest of the type PING
TOKEN = "RAY_AUTH_TOKEN"
# What a head says whose process for a new client died, or was not there in time.
OVERLOADED = ("Starting Ray client server failed", "psutil", "Proxy failed to Connect to backend")
VERSIONS = re.compile(r"Ray: (\S+)\s+Python: (\S+)")


class ClusterError(Exception):
    """The cluster cannot be used, or is lost; the message gives the reason."""


def first_line(error: BaseException) -> str:
    """The first line of what Ray says, as a sentence."""
    lines = str(error).strip().splitlines()
    return f"{(lines[0] if lines else type(error).__name__)[:300].rstrip('.!')}."


def use_token() -> None:
    """Let Ray send the token that this machine has; without this it would not. Before Ray is imported."""
    if _token():
        os.environ.setdefault("RAY_AUTH_MODE", "token")


def _token() -> str:
    if given := os.environ.get(TOKEN, "").strip():
        return given
    usual = Path.home() / ".ray" / "auth_token"
    with suppress(OSError):
        return Path(os.environ.get(f"{TOKEN}_PATH") or usual).read_text().strip()
    return ""


def see_that_it_answers(address: str) -> None:
    """Ask the head of a cluster for an answer.

    Args:
        address: ray://HOST:PORT.

    Raises:
        ClusterError: nobody answers, it is something else than a head, or refuses the token.
    """
    import grpc  # Ray's client has it

    token = _token() if os.environ.get("RAY_AUTH_MODE") == "token" else ""
    headers = [("authorization", f"Bearer {token}")] if token else None
    with grpc.insecure_channel(address.removeprefix("ray://")) as channel:
        try:
            channel.unary_unary(ASK)(PING, timeout=PATIENCE, metadata=headers)
        except grpc.RpcError as error:
            raise ClusterError(_refusal(address, error.code().name, bool(token))) from None


def _refusal(address: str, code: str, has_token: bool) -> str:
    if code == "UNAUTHENTICATED":
        wrong = "has another token" if has_token else "expects a token, and there is none here"
        return (
            f"The cluster at {address} {wrong}. Copy ~/.ray/auth_token of its head to the same place on this machine, "
            f"or set {TOKEN} to it."
        )
    if code == "UNIMPLEMENTED":
        return (
            f"What answers at {address} is not the port for Ray clients; expected the one that `ray start --head "
            "--ray-client-server-port=10001` opens."
        )
    return f"No Ray cluster answers at {address}; see that its head runs and that no firewall is between."


def is_of_overload(error: Exception) -> bool:
    """Whether the head had no process for this client in time, as when several connect at once: it may the next time."""
    return any(word in str(error) for word in OVERLOADED)


def in_words(address: str, error: Exception) -> str:
    """What Ray raised where it connected, in a sentence."""
    found = VERSIONS.findall(str(error))
    if len(found) == 2:
        there, here = (f"Ray {ray} with Python {python}" for ray, python in found)
        return f"The cluster at {address} has {there}, this machine {here}; expected the same versions on both."
    if is_of_overload(error):
        return (
            f"The head of the cluster at {address} has not opened a connection in time: it is short of processor time "
            "or memory. Try again once less is running there."
        )
    if isinstance(error, ConnectionAbortedError):
        return (
            f"The cluster at {address} does not understand this machine's Ray {_version()} with Python "
            f"{platform.python_version()}; expected the same versions on both."
        )
    return f"The cluster at {address} cannot be used: {first_line(error)}"


def _version() -> str:
    return importlib.metadata.version("ray")
