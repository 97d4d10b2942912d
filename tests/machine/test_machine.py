"""What runs where."""

import ast
import os
import subprocess
import sys

import psutil
import pytest

from fmnist import machine
from fmnist.machine import folders


def test_the_versions_that_shape_a_model_are_told():
    versions = machine.versions()
    assert set(versions) - {"jax"} == {"python", "keras", "tensorflow", "numpy"}
    assert all(version[0].isdigit() for version in versions.values())


def test_the_machine_is_described():
    description = machine.description()
    assert description["cores"] == machine.cores() <= os.cpu_count()
    assert description["memory_gb"] > 0
    assert description["system"]
    assert description["processor"]


def test_this_process_lives():
    assert machine.is_alive(machine.this_process())


def test_a_process_that_has_ended_does_not_live_even_before_its_parent_has_noticed():
    code = "from fmnist import machine; print(machine.this_process(), flush=True); input()"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", code], cwd=folders.ROOT, **pipes) as child:
        described = ast.literal_eval(child.stdout.readline())
        assert machine.is_alive(described)
        child.stdin.close()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # it is a zombie now
        assert not machine.is_alive(described)
    assert not machine.is_alive(described)


def test_a_process_lives_on_when_the_clock_is_set(monkeypatch):
    me = machine.this_process()
    booted = psutil.boot_time()
    # Where Linux gets the time of a process's start from, too.
    monkeypatch.setattr("psutil._psplatform.boot_time", lambda: booted + 3600)
    assert machine.is_alive(me)


def test_another_process_that_was_given_the_same_pid_is_not_taken_for_the_worker():
    assert not machine.is_alive(machine.this_process() | {"pid_started": 1.0})


@pytest.mark.parametrize(
    "process",
    [{}, {"pid": None}, {"pid": os.getpid()}, {"pid": -1, "pid_started": 0}]
    + [{"pid": pid, "pid_started": 0} for pid in ("12", 10**30, [], None)],
)
def test_a_description_of_no_process_is_of_none_that_lives(process):
    assert not machine.is_alive(process)


def test_what_native_code_prints_is_dropped_and_only_that(capfd):
    os.write(2, b"before\n")
    with machine.quiet_stderr():
        os.write(2, b"within\n")
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "before\nafter\n"


@pytest.mark.parametrize("package", sorted(machine.EXTRAS))
def test_what_a_clone_is_told_to_install_brings_the_package(package):
    named = {"yaml": "pyyaml", "vl_convert": "vl-convert-python"}.get(package, package)
    locked = (folders.ROOT / "requirements.txt").read_text()
    is_locked = f"\n{named.replace('_', '-')}==" in f"\n{locked}"
    advice = "-r requirements.txt" if is_locked else f'".[{machine.EXTRAS[package]}]"'
    assert machine.to_install(package).endswith(f"pip install {advice}")
