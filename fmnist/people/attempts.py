"""How often a code or password may be tried, so that nobody finds it by trying."""

import collections
import threading
import time

from .classroom import ClassError

SECONDS = 60.0  # in which wrong tries count


class Attempts:
    """Wrong tries of the last minute, by who made them and from where."""

    def __init__(self, each: int, from_one: int):
        """So many a person may make in a minute, and so many all who come from one address.

        Others are not kept out by them: a teacher at this computer can always sign in.
        """
        self._each, self._from_one = each, from_one
        self._wrong: collections.deque[tuple[float, str, str]] = collections.deque()
        self._lock = threading.Lock()

    def check(self, who: str, address: str, what: str) -> None:
        """See that this person may try once more from that address, and count it.

        Raises:
            ClassError: too many tries were wrong.
        """
        now = time.monotonic()
        with self._lock:
            while self._wrong and self._wrong[0][0] < now - SECONDS:
                self._wrong.popleft()
            own = sum(each == who for _, each, _ in self._wrong)
            from_there = sum(each == address for *_, each in self._wrong)
            if own >= self._each or from_there >= self._from_one:
                raise ClassError(f"Too many wrong {what}. Wait a minute, then try again.")
            self._wrong.append((now, who, address))

    def right(self, who: str) -> None:
        """That person's last try was right: what they tried counts no longer."""
        with self._lock:
            self._wrong = collections.deque(each for each in self._wrong if each[1] != who)
