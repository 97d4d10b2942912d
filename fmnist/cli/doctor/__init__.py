"""What may be wrong with an installation: each check looks at one thing and says what it found.

In: checks of versions, data, models, folders, ports, memory, processor, clock. Not in: repairs.
"""
