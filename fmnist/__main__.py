"""`python -m fmnist`, and the `fmnist` of an installed package."""

import sys

from fmnist.cli import commands


def main() -> int:
    """The command line, in UTF-8; the exit status."""
    commands.restart_in_utf8()
    return commands.main()


if __name__ == "__main__":
    sys.exit(main())
