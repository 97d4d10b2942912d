"""Whether the cluster that trainings go to takes them; nothing where there is none."""

from collections.abc import Iterator

from fmnist.runs import cluster
from fmnist.runs.files import RunError

from .finding import Finding

ABOUT = "cluster"


def check() -> Iterator[Finding]:
    """The address, what answers there, and what the process that follows it sees."""
    try:
        address = cluster.address()
        cluster.check()
    except RunError as error:
        yield Finding(ABOUT, "wrong", str(error))
        return
    if address is None:
        return
    if problem := cluster.problem() or _refusal(address):
        yield Finding(ABOUT, "wrong", problem)
    found = cluster.read()
    if found is None or not found.nodes:
        if not problem:
            yield Finding(ABOUT, "good", f"Trainings go to {address}.")
        return
    cpus = sum(node.cpus for node in found.nodes)
    yield Finding(ABOUT, "good", f"{address} has {len(found.nodes)} nodes with {cpus:g} CPUs.")
    for node in found.nodes:
        if node.problem and node.problem != problem:
            yield Finding(ABOUT, "note", node.problem)


def _refusal(address: str) -> str:
    """Why the head of a cluster does not take this machine, in a sentence; "" where it does."""
    if address == "auto":
        return ""
    from fmnist.jobs.cluster import handshake

    handshake.use_token()
    try:
        handshake.see_that_it_answers(address)
    except handshake.ClusterError as error:
        return str(error)
    return ""
