"""A finished run -> a file or folder for other programs, loaded again and compared before it is offered.

A format is a function that writes, one that predicts with what was written, and an entry in `formats`.
"""
