"""Lessons: Markdown files whose links set a recipe's settings, read and checked.

In: what a lesson file may hold, where the files are. Not in: how a lesson is shown (`app/learn`).
"""
