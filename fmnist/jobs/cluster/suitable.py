"""Whether a node can train as this machine would: its versions, in a sentence where they do not fit."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import fmnist
from fmnist import machine
from fmnist.runs import cluster

from .place import digest_of

NEEDED = ("keras", "tensorflow", "numpy")


def problem(node: str, about: Mapping[str, Any]) -> str:
    """Why nothing is trained on a node, in a sentence; "" where it fits.

    Args:
        node: its name.
        about: what `Place.describe` returned.
    """
    theirs, ours = about["versions"], machine.versions()
    to_do = "Install the same there, then restart its `ray start`."
    if not about["package"]:
        return f"The node {node} does not have the package fmnist for its Python {theirs['python']}. {to_do}"
    if about["package"] != digest_of(Path(fmnist.__path__[0])):
        return f"The node {node} has another version of fmnist than this machine. {to_do}"
    with_jax = os.environ.get("KERAS_BACKEND") == "jax" or "GPU" in cluster.place()
    for name in (*NEEDED, "jax") if with_jax else NEEDED:
        if name not in theirs:
            return f"The node {node} does not have {name}, which training needs. {to_do}"
        if name in ours and theirs[name] != ours[name]:
            return f"The node {node} has {name} {theirs[name]}; expected {ours[name]}, as on this machine. {to_do}"
    return ""
