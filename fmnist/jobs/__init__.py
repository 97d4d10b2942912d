"""Processes that train: starting, stopping and resuming workers, and what is trained in a row.

In: what runs longer than a command or a page's rerun. Not in: the training itself (`training`), whose
turn it is (`runs.queue`).
"""
