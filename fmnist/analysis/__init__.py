"""Figures from predictions and pixels: metrics, likely label errors, attribution, corruptions.

In: functions of arrays. Not in: files, runs, models, pages.
"""
