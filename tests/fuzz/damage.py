"""Ways to damage a file."""

import random
import struct

from hypothesis import strategies as st

HUGE = (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 10**6, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _flipped(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 3, 30))):
        changed[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _with_noise(data: bytes, chance: random.Random) -> bytes:
    begin, count = chance.randrange(len(data)), chance.choice((1, 16, 300))
    noise = chance.choice((chance.randbytes(count), bytes(count), b"\xff" * count))
    return data[:begin] + noise + data[begin + chance.choice((0, count)) :]


def _with_a_number(data: bytes, chance: random.Random) -> bytes:
    """One of the first numbers, where headers have sizes and counts, is another."""
    place = chance.randrange(min(len(data), 200))
    number = struct.pack(chance.choice((">I", "<I", ">H", "<H")), chance.choice(HUGE) & 0xFFFF)
    if len(number) == 4:
        number = struct.pack(chance.choice((">I", "<I")), chance.choice(HUGE))
    return data[:place] + number + data[place + len(number) :]


def _doubled(data: bytes, chance: random.Random) -> bytes:
    begin, end = sorted(chance.choices(range(len(data)), k=2))
    return data[:end] + data[begin:end] * chance.choice((1, 2, 50)) + data[end:]


WAYS = (_cut, _flipped, _with_noise, _with_a_number, _doubled)


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The data, damaged in one to three ways."""
    for way in chance.choices(WAYS, k=chance.choice((1, 1, 2, 3))):
        if data:
            data = way(data, chance)
    return data


chances = st.integers(0, 2**32).map(random.Random)  # an input is made from each
