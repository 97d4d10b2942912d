"""Processes that train: starting, stopping and resuming workers, and training several recipes in a row.

In: everything that runs longer than a command or a page's rerun. Not in: the training itself
(`training`), the queue (`runs.queue`).
"""
