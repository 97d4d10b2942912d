"""Run directories: what a training leaves on the disk, and all that is read from and written to it.

In: files, states, the queue, the table of all runs, cached results, annotations of labels. Not in:
anything that loads a network.
"""
