"""Who has joined the class, and who is its teacher: persons by their ids."""

import hmac
import time

import msgspec

from . import classroom, mode, names
from .attempts import Attempts
from .classroom import ClassError
from .person import Person, id_of, is_secret

FILE = "members.json"
MOST = 500  # persons of a class
TEACHES = 12 * 3600.0  # seconds for which a browser that gave the password need not give it again

_codes = Attempts(each=10, from_one=300)
_passwords = Attempts(each=5, from_one=60)


class Member(msgspec.Struct, frozen=True):
    """A person of the class."""

    joined_at: float  # seconds since the epoch
    teacher_until: float = 0.0


def all_of_them() -> dict[str, Member]:
    """Everybody who has joined, by id, in the order in which they did."""
    return classroom.read(FILE, dict[str, Member]) or {}


def students() -> list[str]:
    """The ids of all who have joined and are no teachers, in the order in which they did."""
    return [id for id, member in all_of_them().items() if not _teaches(member)]


def has_joined(id: str) -> bool:
    """Whether that person is let in."""
    return id in all_of_them()


def is_teacher(id: str) -> bool:
    """Whether that person has given the password, today."""
    member = all_of_them().get(id)
    return member is not None and _teaches(member)


def is_student(id: str) -> bool:
    """Whether that id is neither a teacher's nor of whoever sits at this computer."""
    return id != "" and not is_teacher(id)


def person_with(secret: str) -> Person:
    """Who is known by that secret; of no id if it is none that the app has given."""
    if not is_secret(secret):
        return Person("")
    return person_of(id_of(secret))


def person_with_account(issuer: str, subject: str) -> Person:
    """Who an identity provider says it is: its address, and its own name for the account."""
    return person_of(id_of(f"{issuer} {subject}"))  # no secret has a space


def person_of(id: str) -> Person:
    """The person with that id, and whether they teach."""
    return Person(id, teacher=mode.current() == "class" and is_teacher(id))


def _teaches(member: Member) -> bool:
    return time.time() < member.teacher_until < time.time() + TEACHES + 1  # the clock may be set


def join(id: str, code: str, address: str = "") -> None:
    """Let a person in who knows the code.

    Args:
        id: of the person.
        code: what they gave.
        address: from which they came; "" is this computer.

    Raises:
        ClassError: the code is wrong, was tried too often, or the class is full.
    """
    _codes.check(id, address, "codes")
    wanted, given = classroom.settings().code, "".join(code.upper().split())
    if not wanted or not hmac.compare_digest(given.encode(errors="replace"), wanted.encode()):
        raise ClassError(
            f"The code is wrong. Your teacher has the one of today: {classroom.CODE} letters and digits."
        )
    _codes.right(id)
    _admit(id)


def teach(id: str, password: str, address: str = "") -> None:
    """Make a person a teacher, who knows the password.

    Args:
        id: of the person.
        password: what they gave.
        address: see `join`.

    Raises:
        ClassError: it is wrong, or was tried too often.
    """
    _passwords.check(id, address, "passwords")
    if not classroom.fits(password, classroom.settings().password):
        raise ClassError(
            "The password is wrong. It was chosen where the app was started; "
            "`fmnist app --class --new-password` asks for another one."
        )
    _passwords.right(id)
    _admit(id, time.time() + TEACHES)


def no_longer_teach(id: str) -> None:
    """That person must give the password again."""
    _admit(id, 0.0)


def _admit(id: str, teacher_until: float | None = None) -> None:
    if not id:
        raise ClassError("Nobody knows who you are: allow cookies for this page, or log in.")
    with classroom.locked():
        members = all_of_them()
        if id not in members and len(members) >= MOST:
            raise ClassError(f"The class has {MOST} members; nobody else can join.")
        now = members.get(id) or Member(time.time())
        until = now.teacher_until if teacher_until is None else teacher_until
        classroom.write(FILE, members | {id: Member(now.joined_at, until)})


def dismiss() -> None:
    """Everybody but teachers must join again, with another code.

    Raises:
        ClassError: it cannot be written.
    """
    classroom.change(code=classroom.new_code())
    with classroom.locked():
        stay = {id: member for id, member in all_of_them().items() if _teaches(member)}
        classroom.write(FILE, stay)
    names.forget_all_but(set(stay))
