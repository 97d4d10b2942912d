"""The disk's errors in words."""


def explain(error: OSError) -> str:
    """An operating system's error as a sentence with its place."""
    return f"{str(error.strerror or error).rstrip('.')}{f' ({error.filename})' if error.filename else ''}."
