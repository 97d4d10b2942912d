"""How much of this computer one person may ask for."""

import msgspec

from .mode import Mode


class Limits(msgspec.Struct, frozen=True):
    """What one person may have at once. None is no limit."""

    waiting: int | None = None  # runs that wait for their turn
    epochs: int | None = None  # of a run
    seconds: float | None = (
        None  # that a run may train, by the estimate before it starts and by the clock
    )
    images: int | None = None  # of all their data sets
    disk: int | None = None  # bytes of all that they made


DEFAULTS: dict[Mode, Limits] = {
    "personal": Limits(),
    "class": Limits(waiting=3, epochs=50, seconds=600.0, images=20_000, disk=500_000_000),
    "public": Limits(waiting=0, epochs=0, seconds=0.0, images=0, disk=0),
}
