"""Projector: what the teacher shows to everybody, large."""
