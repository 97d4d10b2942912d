"""Who uses the app, and what each may see, change and ask of this computer.

In: persons, owners, modes (personal, class, public), limits. Not in: what is owned, pages (`app`).
"""
