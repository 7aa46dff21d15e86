"""The program: `cnnsteps`, and `python -m cnnsteps`."""

import gc
import sys


def run() -> None:
    """Runs the command line and ends with the contract's exit code."""
    # Collecting while modules are imported costs a tenth of the start-up and frees nothing.
    gc.disable()
    from cnnsteps.cli import main

    sys.exit(main())


if __name__ == "__main__":
    run()
