"""What a container leaves: read from trees of control groups as the kernel shows them."""

from pathlib import Path

import pytest

from fmnist import machine
from fmnist.machine import limits

GB = 2**30
VERSION_2 = {
    "proc/self/cgroup": "0::/pod/container\n",
    "sys/fs/cgroup/pod/memory.max": f"{4 * GB}\n",
    "sys/fs/cgroup/pod/memory.current": f"{3 * GB}\n",
    "sys/fs/cgroup/pod/memory.stat": f"anon {2 * GB}\ninactive_file {GB // 2}\n",
    "sys/fs/cgroup/pod/cpu.max": "max 100000\n",
    "sys/fs/cgroup/pod/container/memory.max": "max\n",
    "sys/fs/cgroup/pod/container/memory.current": f"{GB}\n",
    "sys/fs/cgroup/pod/container/cpu.max": "150000 100000\n",
}
INSIDE = {  # a container that sees its own group as the topmost
    "proc/self/cgroup": "0::/\n",
    "sys/fs/cgroup/memory.max": f"{4 * GB}\n",
    "sys/fs/cgroup/memory.current": f"{2 * GB + GB // 2}\n",
    "sys/fs/cgroup/cpu.max": "150000 100000\n",
}
VERSION_1 = {  # Docker's: the path is the host's, the files lie at the top
    "proc/self/cgroup": "5:memory:/docker/0a1b\n4:cpu,cpuacct:/docker/0a1b\n0::/\n",
    "sys/fs/cgroup/memory/memory.limit_in_bytes": f"{4 * GB}\n",
    "sys/fs/cgroup/memory/memory.usage_in_bytes": f"{3 * GB}\n",
    "sys/fs/cgroup/memory/memory.stat": f"cache 7\ntotal_inactive_file {GB // 2}\n",
    "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "150000\n",
    "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
}


@pytest.fixture
def root(tmp_path, request) -> Path:
    """A file system with the files that the test names."""
    for name, text in request.param.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize("root", [VERSION_2, INSIDE, VERSION_1], indirect=True)
def test_the_tightest_limit_holds_whichever_group_has_it(root):
    assert limits.cores(8, root) == 1.5
    assert limits.memory(64 * GB, root) == 4 * GB
    assert limits.memory_available(20 * GB, root) == 1.5 * GB  # what files occupy can be dropped
    assert limits.memory_available(GB, root) == GB  # the machine itself has less


NO_LIMIT = {
    "proc/self/cgroup": "5:memory:/\n4:cpu:/\nnonsense\n",
    "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
    "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
    "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
}


@pytest.mark.parametrize("root", [NO_LIMIT, {}, {"proc/self/cgroup": "0::/\n"}], indirect=True)
def test_without_a_limit_there_is_what_the_machine_has(root):
    assert limits.cores(8, root) == 8
    assert limits.memory(64 * GB, root) == 64 * GB
    assert limits.memory_available(20 * GB, root) == 20 * GB


def test_this_machine_has_a_core_and_some_memory():
    assert machine.cores() >= 1
    assert machine.memory_available() > 0
