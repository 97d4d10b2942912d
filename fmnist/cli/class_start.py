"""What `app --class` does before the server starts: password, join code, and how others come in."""

import argparse
import getpass
import io
import os
import sys

import segno

from fmnist.machine import network
from fmnist.people import classroom, mode
from fmnist.people.classroom import ClassError

PASSWORD = "FMNIST_CLASS_PASSWORD"  # in the environment, where no terminal can ask for it
EVERYWHERE = "0.0.0.0"
LIGHT_ON_DARK, PLAIN = (
    "\x1b[97;40m",
    "\x1b[0m",
)  # or phones would see a negative on a light terminal


def is_wanted(options: argparse.Namespace) -> bool:
    """Whether the app is for a class, by its option or by FMNIST_MODE.

    Raises:
        ModeError: FMNIST_MODE names no mode.
    """
    return options.for_class or mode.current() == "class"


def prepare(options: argparse.Namespace) -> list[str]:
    """Set up the class, say on standard output how to join, and complete `options`.

    Returns:
        Further options of the server.

    Raises:
        ClassError: there is no password, it is too short or too long, no port is free, or nothing can be kept.
    """
    os.environ["FMNIST_MODE"] = "class"
    code = classroom.begin(_password(options.new_password))
    options.address = options.address or EVERYWHERE
    options.port = options.port or network.free_port(options.address)
    if options.port is None:
        first, last = network.PORTS[0], network.PORTS[-1]
        raise ClassError(
            f"No port from {first} to {last} is free at {options.address}; choose one with --port."
        )
    hosts = network.addresses() if options.address == EVERYWHERE else [options.address]
    _announce([_url(host, options.port) for host in hosts], code, _url("localhost", options.port))
    return ["--logger.hideWelcomeMessage", "true"]


def _password(again: bool) -> str | None:
    """A new password, from the environment or who sits at the terminal; None to keep that of last time."""
    if given := os.environ.pop(PASSWORD, None):  # trainings need not know it
        return given
    if classroom.settings().password and not again:
        return None
    if not sys.stdin.isatty():
        raise ClassError(
            "No password protects the teacher's page yet. Start the app in a terminal, which asks for one, "
            f"or set {PASSWORD}."
        )
    given = getpass.getpass(
        f"Choose a password for the teacher's page ({classroom.SHORTEST} characters or more): "
    )
    if getpass.getpass("Once more: ") != given:
        raise ClassError("The two passwords differ. Start again.")
    return given


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _announce(urls: list[str], code: str, here: str) -> None:
    if not urls:
        print("This computer is in no network: nobody else can join. Connect it, then start again.")
    for url in urls[:1]:
        link = f"{url}/?join={code}"
        print(f"\n{_qr_code(link)}\nStudents open  {url}  and enter the code  {code}")
        print(f"or scan the QR code, or open  {link}")
    for url in urls[1:]:
        print(f"From another network:  {url}")
    print(f"The teacher's page:  {here}/teacher\nCtrl-C stops the app.", flush=True)


def _qr_code(link: str) -> str:
    """The QR code in half blocks; "" where the terminal has none."""
    lines = _half_blocks(link)
    try:
        lines[0].encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return ""
    if sys.stdout.isatty():
        lines = [f"{LIGHT_ON_DARK}{line}{PLAIN}" for line in lines]
    return "\n".join(lines)


def _half_blocks(link: str) -> list[str]:
    out = io.StringIO()
    segno.make(link, error="l", micro=False).terminal(out=out, border=2, compact=True)
    return out.getvalue().splitlines()
