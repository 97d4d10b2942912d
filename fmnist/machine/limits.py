"""What a container leaves a process of the machine's processor and memory (Linux control groups).

Version 2 has one tree of groups, version 1 one for each resource. A limit of any group above holds, too.
https://docs.kernel.org/admin-guide/cgroup-v2.html, https://docs.kernel.org/admin-guide/cgroup-v1/
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path("/")
UNLIMITED = 2**60  # version 1 writes a number near 2**63 where there is no limit


def cores(most: float, root: Path = ROOT) -> float:
    """How many cores may be used, a fraction too: `most`, or the lowest quota."""
    for group in _groups("cpu", root):
        quota = _read(group / "cpu.max") or [
            *_read(group / "cpu.cfs_quota_us"),
            *_read(group / "cpu.cfs_period_us"),
        ]
        if len(quota) == 2 and quota[0] > 0 and quota[1] > 0:
            most = min(most, quota[0] / quota[1])
    return most


def memory(most: float, root: Path = ROOT) -> float:
    """How many bytes may be used: `most`, or the lowest limit."""
    return min([most, *(limit for _, limit in _memory_limits(root))])


def memory_available(most: float, root: Path = ROOT) -> float:
    """How many bytes are left: `most`, or what the tightest limit leaves.

    Pages of files that were read and can be dropped count as left.
    """
    for group, limit in _memory_limits(root):
        used = _read(group / "memory.current") or _read(group / "memory.usage_in_bytes") or [0]
        most = min(most, max(0, limit - max(0, used[0] - _droppable(group))))
    return most


def _memory_limits(root: Path) -> Iterator[tuple[Path, float]]:
    for group in _groups("memory", root):
        limit = _read(group / "memory.max") or _read(group / "memory.limit_in_bytes")
        if limit and limit[0] < UNLIMITED:
            yield group, limit[0]


def _groups(resource: str, root: Path) -> Iterator[Path]:
    """This process' group for a resource, and all above it; in a container the topmost is its own."""
    with contextlib.suppress(OSError, ValueError):
        for line in (root / "proc/self/cgroup").read_text().splitlines():
            number, resources, place = line.split(":", 2)
            if number == "0" or resource in resources.split(","):
                top = root / "sys/fs/cgroup" / ("" if number == "0" else resource)
                inside = top / place.lstrip("/")
                yield from (
                    group for group in (inside, *inside.parents) if group.is_relative_to(top)
                )


def _read(path: Path) -> list[float]:
    """The numbers in a file; none where there is no such file, or "max", which is no limit."""
    with contextlib.suppress(OSError, ValueError):
        return [float(word) for word in path.read_text().split()]
    return []


def _droppable(group: Path) -> float:
    with contextlib.suppress(OSError, ValueError):
        for line in (group / "memory.stat").read_text().splitlines():
            name, value = line.split()
            if name in ("inactive_file", "total_inactive_file"):
                return float(value)
    return 0.0
