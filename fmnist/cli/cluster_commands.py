"""The processes that train on a cluster: follow, place."""

import argparse


def follow(options: argparse.Namespace) -> int:
    """Train on the cluster what waits, from this machine."""
    from fmnist.jobs.cluster import follower

    follower.follow()
    return 0


def place(options: argparse.Namespace) -> int:
    """Be the worker of a place on a node: train each run that standard input names."""
    from fmnist.jobs.cluster import place_worker

    place_worker.work()
    return 0
