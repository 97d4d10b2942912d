"""The walls around a process of ours that works on other people's files: what of this computer it may reach.

`python -m fmnist.model_files.walls REACH MODULE ARGUMENTS` puts them up and then runs the module, so that all its threads
are inside. They are the second line: the first is that such a file can name nothing that reaches out (`allowed`).

| of | wall | where |
|---|---|---|
| memory, seconds, sizes of files | rlimits | Linux; on macOS not memory; not on Windows |
| files: it reads Python, the package and what is given, it writes what is given | Landlock | Linux 5.13 |
| network, other programs, other processes | seccomp | Linux, on x86-64 and ARM64 |
"""

import contextlib
import functools
import json
import os
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

MEMORY = 4 * 2**30  # bytes; TensorFlow takes 0.5 GB, our widest network 1.2 GB
FILE = 2 * 2**30  # bytes of a file that it writes
OPEN = 256  # files at once
SYSTEM = (  # where libraries are, and what they ask of the system: no file of any user
    *("/usr", "/lib", "/lib64", "/opt", "/nix", "/gnu", "/etc/ld.so.cache", "/etc/localtime"),
    *("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/sys/vm"),
    *("/sys/devices/system", "/sys/fs/cgroup", "/sys/kernel/mm", "/dev/urandom"),
)
PACKAGE = Path(__file__).parents[1]
THREAD = 0x10000  # CLONE_THREAD
REFUSED = (  # calls by which a process reaches the network, other programs, other processes, or what Landlock leaves open
    *(
        "socket",
        "connect",
        "bind",
        "listen",
        "io_uring_setup",
        "io_uring_enter",
        "io_uring_register",
    ),
    *(
        "execve",
        "execveat",
        "fork",
        "vfork",
        "kill",
        "pidfd_open",
        "pidfd_send_signal",
        "pidfd_getfd",
    ),
    *("rt_sigqueueinfo", "rt_tgsigqueueinfo", "ptrace", "process_vm_readv", "process_vm_writev"),
    *("shmget", "shmat", "msgget", "semget", "mq_open", "add_key", "request_key", "keyctl"),
    *("unshare", "setns", "mount", "umount2", "pivot_root", "chroot", "move_mount", "open_tree"),
    *("chmod", "fchmodat", "fchmodat2", "chown", "lchown", "fchownat", "setxattr", "lsetxattr"),
    *("removexattr", "lremovexattr", "utime", "utimes", "futimesat", "utimensat"),
    *("fsopen", "bpf", "perf_event_open", "userfaultfd", "open_by_handle_at", "personality"),
)


class Reach(NamedTuple):
    """What a process may reach. Folders count with all that is in them."""

    reads: list[str]
    writes: list[str]
    seconds: int  # of a processor

    def as_text(self) -> str:
        """As an argument of the command."""
        return json.dumps(self)


@functools.cache
def missing() -> tuple[str, ...]:
    """What a model file that exploits a flaw in Keras could do here, for want of a wall, a sentence each."""
    walls = (
        ("take any amount of memory", sys.platform == "linux", "Linux"),
        ("read and write your files", _landlock(), "Linux 5.13 and the package landlockpy"),
        ("reach the network", _seccomp(), "Linux on x86-64 or ARM64 and the package seccompy"),
    )
    return tuple(
        f"Add only model files that you trust: one that exploits a flaw in Keras could {what} here; to prevent it takes "
        f"{needs}."
        for what, is_there, needs in walls
        if not is_there
    )


def put_up(reach: Reach) -> None:
    """From now on, this process and what it starts reach no more than that, as far as the system has such walls."""
    limit_memory()
    _limit("RLIMIT_CPU", reach.seconds)
    _limit("RLIMIT_FSIZE", FILE)
    _limit("RLIMIT_NOFILE", OPEN)
    if _landlock():
        _close_files(reach)
    if _seccomp():
        _close_system()


def limit_memory(bytes_of_data: int = MEMORY) -> None:
    """Take no more memory than that, where the system has such a limit; leave no core file."""
    _limit("RLIMIT_DATA", bytes_of_data, MEMORY)
    _limit("RLIMIT_CORE", 0)


def _limit(name: str, soft: int, hard: int | None = None) -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):  # Windows has no such limit
        import resource

        resource.setrlimit(getattr(resource, name), (soft, soft if hard is None else hard))


def _landlock() -> bool:
    """Whether the kernel and its package are there."""
    try:
        import landlockpy
    except ImportError:
        return False
    return landlockpy.supported()


def _seccomp() -> bool:
    try:
        import seccompy
    except ImportError:
        return False
    with contextlib.suppress(seccompy.UnsupportedError):
        return bool(seccompy.audit_arch()) and seccompy.supported()
    return False


def _close_files(reach: Reach) -> None:
    from landlockpy import AccessFS, Ruleset, Scope

    read = AccessFS.READ_FILE | AccessFS.READ_DIR
    write = ~(AccessFS.EXECUTE | AccessFS.MAKE_CHAR | AccessFS.MAKE_BLOCK | AccessFS.MAKE_SOCK)
    of_a_file = AccessFS.READ_FILE | AccessFS.WRITE_FILE
    with Ruleset(scoped=Scope.SIGNAL | Scope.ABSTRACT_UNIX_SOCKET) as rules:
        for path in map(Path, [*SYSTEM, *_python(), *reach.reads]):
            if path.exists():
                rules.allow_path(path, read if path.is_dir() else AccessFS.READ_FILE)
        for folder in reach.writes:
            rules.allow_path(folder, write)
        rules.allow_path(os.devnull, of_a_file)
        rules.restrict()


def _python() -> Iterator[str]:
    """Where Python's modules are; of a clone, which has the user's runs beside the package, the package alone."""
    yield str(PACKAGE)
    yield from (sys.prefix, sys.base_prefix)
    yield from (path for path in sys.path if path and Path(path) != PACKAGE.parent)


def _close_system() -> None:
    import errno

    from seccompy import ArgCmp, CmpOp, Filter, syscall_nr

    rules = Filter()
    for name in REFUSED:
        with contextlib.suppress(ValueError, KeyError):  # not every processor's kernel has each
            rules.errno(syscall_nr(name), errno.EPERM)
    rules.errno("clone3", errno.ENOSYS)  # its arguments are in memory; `clone` is called instead
    rules.errno("clone", errno.EPERM, args=[ArgCmp(0, CmpOp.MASKED_EQ, 0, THREAD)])
    rules.load()


def _main(reach: Reach, module: str) -> None:
    try:
        put_up(reach)
    except OSError as error:
        from . import limited

        sentence = f"The file was not loaded: its process could not be limited ({error.strerror})."
        limited.refuse(Path(reach.writes[0]), sentence)
    else:
        runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    text, module, *_ = sys.argv[1:]
    del sys.argv[:2]
    _main(Reach(*json.loads(text)), module)
