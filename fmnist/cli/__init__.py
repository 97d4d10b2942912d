"""The command line: its arguments, its commands, its output.

In: parsing, printing, exit statuses. Not in: what a command does, which is in the room of its topic.
"""
