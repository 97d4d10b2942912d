"""How many inputs are tried, what each may take, and where one that took more is kept."""

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings

from ..conftest import in_one_sentence

TOTAL = int(os.environ.get("FMNIST_FUZZ", 30))  # inputs of all kinds; `make fuzz` tries 2,000
SECONDS = 20.0  # of a processor, with the processes that were started: another may be busy
MEMORY = 500  # MB more than before, of this process; one that is started has limits of its own


def tried(share: float) -> settings:
    """That share of all inputs; the same ones each time, unless many are tried."""
    return settings(
        max_examples=max(2, round(share * TOTAL)),
        deadline=None,
        derandomize="FMNIST_FUZZ" not in os.environ,
        database=None,
        phases=(Phase.explicit, Phase.generate),  # a smaller input would take as long again
        suppress_health_check=list(HealthCheck),
    )


def ends_well(
    act: Callable[[], object],
    refusals: type[Exception] | tuple[type[Exception], ...],
    content: bytes = b"",
) -> None:
    """It ends in an answer or a sentence within `SECONDS` and `MEMORY`; or else its input is kept in a file.

    Args:
        act: what is done with the input.
        refusals: exceptions whose message is a sentence.
        content: of the input.
    """
    before, begin, told = _reset_peak(), _seconds(), ""
    try:
        try:
            act()
        except refusals as error:
            told = str(error)
        seconds, grown = _seconds() - begin, _memory("VmHWM") - before
        assert not told or in_one_sentence(told), told
        assert seconds < SECONDS, f"It took {seconds:.1f} s."
        assert grown < MEMORY, f"It took {grown:.0f} MB."
    except BaseException as error:
        error.add_note(f"The input is in {_kept(content)}.")
        raise


def _kept(content: bytes) -> str:
    handle, name = tempfile.mkstemp(prefix="fuzz-")
    with open(handle, "wb") as file:
        file.write(content)
    return name


def _seconds() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _reset_peak() -> float:
    """From now on, count anew what this process takes at most; the MB that it has."""
    if sys.platform == "linux":
        Path("/proc/self/clear_refs").write_text("5")
    return _memory("VmRSS")


def _memory(what: str) -> float:
    """MB of this process, where the system says it."""
    if sys.platform != "linux":
        return 0.0
    status = Path("/proc/self/status").read_text()
    return int(status.split(f"{what}:")[1].split()[0]) / 1000
