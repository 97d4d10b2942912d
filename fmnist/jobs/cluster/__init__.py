"""Trainings on a Ray cluster instead of this machine.

In: all that imports Ray. Not in: what pages read of the cluster (`runs.cluster`), the training itself (`training`).
"""
