"""What a person reads where a cluster does not take this machine, from what Ray 2.60 raises."""

import socket

import pytest

from fmnist.jobs.cluster import handshake

from ..conftest import tells

HEAD = "ray://head:10001"
OTHER_PYTHON = """Version mismatch: The cluster was started with:
    Ray: 2.60.0
    Python: 3.11.7
This process on Ray Client was started with:
    Ray: 2.60.0
    Python: 3.12.1
"""
FAILED = "Initialization failure from server:\nTraceback (most recent call last):\n  "


def test_other_versions_are_named():
    assert tells(handshake.in_words(HEAD, RuntimeError(OTHER_PYTHON)), HEAD, "3.11.7", "3.12.1")


def test_a_head_that_does_not_understand_this_ray_is_told_from_one_that_is_too_busy():
    stranger = ConnectionAbortedError(f"{FAILED}AttributeError: _validate_no_local_paths")
    busy = ConnectionAbortedError(f"{FAILED}RuntimeError: Starting Ray client server failed.")
    assert tells(handshake.in_words(HEAD, stranger), HEAD, "version")
    assert tells(handshake.in_words(HEAD, busy), HEAD)
    assert "version" not in handshake.in_words(HEAD, busy)


def test_an_address_where_nobody_listens_is_a_sentence():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        address = f"ray://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(handshake.ClusterError) as refused:
            handshake.see_that_it_answers(address)
    assert tells(str(refused.value), address)
