"""The program: `cnnsteps`, and `python -m cnnsteps`."""

import sys


def run() -> None:
    """Runs the command line and ends with the contract's exit code."""
    from cnnsteps.cli import main

    sys.exit(main())


if __name__ == "__main__":
    run()
