"""The command that opens the app: app."""

import argparse
import importlib.util
import os
import subprocess
import sys

from fmnist.machine import BackendError, folders, to_install


def app(options: argparse.Namespace) -> int:
    """Start the app's server, which opens it in the browser; its exit status.

    Raises:
        BackendError: Streamlit is not installed.
        ClassError: there is no password for a class' teacher, or nothing can be kept.
    """
    if importlib.util.find_spec("streamlit") is None:
        raise BackendError(to_install("streamlit"))
    from . import class_start  # needs packages that come with Streamlit

    more = class_start.prepare(options) if class_start.is_wanted(options) else []
    command = [sys.executable, "-m", "streamlit", "run", str(folders.APP), *more]
    for name in ("port", "address"):
        if (value := getattr(options, name)) is not None:
            command += [f"--server.{name}", str(value)]
    if options.no_browser:
        command += ["--server.headless", "true"]
    if os.name == "posix":  # the server takes this process's place, and its signals
        os.execv(sys.executable, command)
    return subprocess.call(command)
