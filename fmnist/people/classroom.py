"""A class on one computer: what its teacher has set, in `<runs>/.class/`, which only the user who runs the app can read.

    settings.json  join code, hash of the password, locked pages, lesson, projector    `Settings`
    limits.json    what each student may ask for                                       `limits.Limits`
    members.json   who has joined, who has given the password                          `members.Member`

A file that is missing or damaged lets nobody in and makes nobody a teacher; `fmnist app --class` writes it again.
"""

import contextlib
import functools
import hashlib
import hmac
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar, cast

import filelock
import msgspec

from fmnist.machine import folders
from fmnist.machine.disk import explain

from . import acting

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that looks like another one
CODE = 6  # letters of a join code: a thousand million codes
SHORTEST = 8  # characters of a password
LONGEST = 200
LARGEST = 1_000_000  # bytes that are read of a file
JOIN, EVERYBODY, RUN = "join", "everybody", "run:"  # what the projector may show
SCRYPT: dict[str, Any] = {"n": 2**14, "r": 8, "p": 1, "dklen": 32}  # 16 MB, 50 ms


class ClassError(Exception):
    """What a class does not allow, or cannot keep; the message says why."""


class Settings(msgspec.Struct, frozen=True):
    """What the teacher has set for all."""

    code: str = ""  # that lets a browser in; "" lets none in
    password: str = ""  # salt and scrypt hash, hexadecimal; "" fits no password
    locked: tuple[str, ...] = ()  # pages that students cannot open, by their names in the address
    lesson: str = ""  # the lesson that was opened for all
    lesson_number: int = 0  # how often one was: each browser follows once
    leaderboard: bool = True  # whether students see how everybody's runs compare
    projected: str = JOIN  # on the projector: `JOIN`, `EVERYBODY`, or `RUN` and the name of a run


def settings() -> Settings:
    """What the teacher has set."""
    return read("settings.json", Settings) or Settings()


def change(**values: Any) -> None:
    """Set some of `Settings`, as the teacher.

    Raises:
        ClassError: somebody else asks, or it cannot be written.
    """
    insist_on_teacher()
    with locked():
        write("settings.json", msgspec.structs.replace(settings(), **values))


def insist_on_teacher() -> None:
    """See that who acts may set what holds for all.

    Raises:
        ClassError: it is not the teacher.
    """
    if not acting.person().teacher:
        raise ClassError("Only the teacher can do this. Sign in on the teacher's page.")


def begin(password: str | None = None) -> str:
    """Have a join code and a password, those of last time unless there are none.

    Args:
        password: another one than last time's.

    Returns:
        The join code.

    Raises:
        ClassError: the password is too short or too long, or nothing can be written.
    """
    kept = settings()
    code = kept.code or new_code()
    change(code=code, password=kept.password if password is None else hash_of(password))
    return code


def new_code() -> str:
    """A join code that nobody can guess."""
    return "".join(secrets.choice(LETTERS) for _ in range(CODE))


def hash_of(password: str) -> str:
    """What is kept of a password.

    Raises:
        ClassError: it is too short or too long.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise ClassError(
            f"The password has {len(password)} characters; expected {SHORTEST} to {LONGEST}."
        )
    salt = secrets.token_bytes(16)
    return f"{salt.hex()} {_scrypt(password, salt).hex()}"


def fits(password: str, kept: str) -> bool:
    """Whether a password is the one of which that was kept."""
    with contextlib.suppress(ValueError):
        salt, digest = map(bytes.fromhex, kept.split(" "))
        return hmac.compare_digest(_scrypt(password[:LONGEST], salt), digest)
    return False


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(errors="replace"), salt=salt, **SCRYPT)


T = TypeVar("T")
_decoder = functools.cache(msgspec.json.Decoder)


def read(name: str, kind: type[T]) -> T | None:
    """What a file of the class holds; None where it is missing or damaged."""
    with (
        contextlib.suppress(OSError, ValueError, RecursionError),
        open(_folder() / name, "rb") as file,
    ):
        content: T = _decoder(cast(Any, kind)).decode(file.read(LARGEST))
        return content
    return None


def write(name: str, content: object) -> None:
    """Replace a file of the class as a whole, for this user's eyes alone.

    Raises:
        ClassError: it cannot be written.
    """
    with _errors_in_words():
        path = _folder() / name
        temporary = path.with_name(f".{name}.{os.urandom(4).hex()}")
        try:
            with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as new:
                new.write(msgspec.json.encode(content))
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def locked() -> Iterator[None]:
    """Around reading a file and writing what becomes of it, so that of two changes at once both hold.

    Raises:
        ClassError: the folder cannot be written to.
    """
    with _errors_in_words():
        _folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = filelock.FileLock(_folder() / ".lock", mode=0o600)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _folder() -> Path:
    return folders.home() / ".class"


@contextlib.contextmanager
def _errors_in_words() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ClassError(f"The class' settings cannot be kept: {explain(error)}") from None
