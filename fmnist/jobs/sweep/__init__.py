"""Sweeps: start, stop, resume, delete (`launching`) and the process that carries one out (`working`).

Optuna chooses settings and decides which trials end early (`study`, which alone imports it). Trainings are runs like
any others, started through `jobs.launcher`. Not in: what a sweep is and how it is read (`runs.sweeps`).
"""
