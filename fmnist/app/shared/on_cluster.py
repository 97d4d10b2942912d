"""The Ray cluster that trains instead of this machine: what it has, and why it trains nothing."""

import pandas as pd
import streamlit as st

from fmnist.runs import cluster
from fmnist.runs.cluster import Cluster

from . import widgets

REFRESH = 2.0  # seconds
BEFORE = "The connection is made when a training starts."


def show() -> None:
    """A line with its nodes folded below, which looks again by itself; nothing without a cluster."""
    if cluster.is_used():
        st.fragment(_show, run_every=REFRESH)()
    elif problem := cluster.problem():  # FMNIST_CLUSTER names none that can be
        st.error(widgets.plain(problem))


def _show() -> None:
    found, problem = cluster.read(), cluster.problem()
    if problem:
        st.warning(widgets.plain(problem), icon=":material/cloud_off:")
    if found is None:
        st.caption(f"Trainings go to the cluster {_address()}. {BEFORE}")
    elif found.nodes:
        with st.expander(_in_words(found), icon=":material/lan:", key="cluster"):
            st.table(nodes(found), border="horizontal")


def _address() -> str:
    wanted = cluster.address()
    return "of this machine" if wanted == "auto" else f"at `{wanted}`"


def _in_words(found: Cluster) -> str:
    """What it has and does, in a line."""
    cpus = sum(node.cpus for node in found.nodes)
    busy = sum(bool(training.run) for training in found.trainings)
    parts = [widgets.counted(len(found.nodes), "nodes"), widgets.counted(round(cpus), "CPUs")]
    if gpus := sum(node.gpus for node in found.nodes):
        parts.append(widgets.counted(round(gpus), "GPUs"))
    parts.append(f"{widgets.counted(busy, 'runs')} training")
    if found.asked:
        parts.append(f"{found.asked} waiting for room")
    return f"Cluster: {', '.join(parts)}"


def nodes(found: Cluster) -> pd.DataFrame:
    """A row a node. Whose runs train there is not everybody's to see: they are counted."""
    rows = []
    for node in found.nodes:
        busy = sum(bool(each.run) for each in found.trainings if each.node == node.name)
        rows.append(
            {
                "CPUs": round(node.cpus),
                "Free": round(node.free),
                "Runs": busy,
                "Problem": node.problem,
            }
        )
    table = pd.DataFrame(rows, index=[node.name for node in found.nodes])
    return table if table["Problem"].any() else table.drop(columns="Problem")
