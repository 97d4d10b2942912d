"""Follows one run that trains at a place: sends what it needs, writes what comes back, passes orders on."""

import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from fmnist import machine
from fmnist.machine.disk import explain
from fmnist.runs import allowance, changes, files
from fmnist.runs.fields import Status
from fmnist.runs.files import RunError
from fmnist.runs.run import Run
from fmnist.runs.writer import RunWriter

from . import parcels
from .connection import PlaceLost, RemotePlace
from .handshake import ClusterError

AGAIN = 1.0  # seconds until what could not be written is tried again
SHARE = 0.1  # of the time, at most, that checkpoints may take to come


class Following:
    """One run at one place."""

    def __init__(self, run: Run, place: RemotePlace, node: str):
        """`node` is the name of the place's node."""
        self._run, self._place, self._node = run, place, node
        self._sent = b""  # the changes.json that the place knows
        self._checkpoint_at = 0.0  # when the next one is wanted
        self._may_train = allowance.seconds(run)
        self.has_result = False  # the training is done; more may be computed from it

    def follow(self) -> str | None:
        """Follow the run to its end, with its lock held.

        Returns:
            What went wrong with the training or its files, in a sentence; None if nothing did.

        Raises:
            PlaceLost, ClusterError: the place is gone; the run can go on from its checkpoint.
        """
        ended = Status()
        try:
            ended = self._train()
        except (PlaceLost, ClusterError):  # a result that was set aside stays so: the run goes on
            raise
        except RunError as error:
            ended = self._failed(str(error))
        except OSError as error:
            ended = self._failed(f"A file could not be read or written: {explain(error)}")
        except Exception as error:  # what a node sends may be anything
            traceback.print_exc()
            ended = self._failed(f"The training failed with {type(error).__name__}: {error}")
        self._end(ended)
        return ended.get("error")

    def _end(self, ended: Status) -> None:
        """Write how it ended, unless it had a result: somebody may have resumed the run since."""
        if not self.has_result:
            until_written(self._run, lambda: end(self._run, ended))

    def _failed(self, error: str) -> Status:
        """What went wrong here; the place, which trains on, does so no longer."""
        self._abandon()
        return {"state": "failed", "error": error}

    def _abandon(self) -> None:
        with suppress(PlaceLost, ClusterError):
            self._place.call("abandon")

    def _train(self) -> Status:
        """The last status if the training had no result, else {}."""
        here = {**machine.this_process(), "node": self._node}
        RunWriter(self._run).update_status(state="running", phase="preparing", **here)
        receiver = parcels.Receiver(self._run, self._send(), here)
        seen: dict[str, Any] = {}
        while True:
            began, wanted = time.monotonic(), time.monotonic() >= self._checkpoint_at
            news = self._place.call("exchange", seen, self._orders(wanted))
            seen = news["seen"]
            if self.has_result and not files.is_there(self._run.path / "result.json"):
                self._abandon()  # the run was resumed or deleted: what is still computed is of no use
                return Status()
            receiver.write(news["files"], news["checkpoint"])
            self.has_result = receiver.has_result
            if news["checkpoint"]:
                now = time.monotonic()
                self._checkpoint_at = now + (now - began - news["waited"]) / SHARE
            if news["died"]:
                raise PlaceLost(f"the training process on {self._node} {news['died']}")
            if news["ended"]:
                if not receiver.ended and not receiver.has_result:
                    raise PlaceLost(f"the training on {self._node} ended without a result")
                return receiver.ended

    def _send(self) -> str:
        """Send the run and what it needs; its folder at the place."""
        needed = {each.path: each for each in parcels.needed_by(self._run)}
        stamps = {path: each.stamp for path, each in needed.items()}
        for path in self._place.call("lacks", stamps) if stamps else ():
            self._place.send("put", path, stamps[path], files=needed[path].read())
        found = parcels.of_run(self._run)
        self._sent = found.get(changes.FILE, b"")
        return str(self._place.send("begin", self._run.name, files=found))

    def _orders(self, checkpoint: bool) -> dict[str, Any]:
        used_up = self._run.status.get("seconds", 0.0) > self._may_train
        return {
            "stop": self._run.stop_requested or used_up,
            "changes": self._new_changes(),
            "checkpoint": checkpoint,
        }

    def _new_changes(self) -> bytes | None:
        path = self._run.path / changes.FILE
        now = files.read_bytes(path) if files.is_there(path) else b""
        if now == self._sent:
            return None
        self._sent = now
        return now


def end(run: Run, status: Status) -> None:
    """Write how a training without a result ended; the result of an earlier one is put back.

    Raises:
        OSError: it cannot be written.
    """
    RunWriter(run).restore_result()  # first, because it needs no space on the disk
    RunWriter(run).update_status(**status)


def until_written(run: Run, write: Callable[[], None]) -> None:
    """Write to a run; where the disk is full, once there is room, as this process lives on."""
    while files.is_folder(run.path):
        with suppress(OSError, RunError):
            write()
            return
        time.sleep(AGAIN)
