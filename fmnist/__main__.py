"""`python -m fmnist`."""

import sys

from fmnist.cli.commands import main, restart_in_utf8

if __name__ == "__main__":
    restart_in_utf8()
    sys.exit(main())
