"""The program: `cnnsteps`, and `python -m cnnsteps`."""

import gc
import sys


def run() -> None:
    """Runs the command line and ends with the contract's exit code."""
    # Collecting, while modules are imported and at the end, costs a tenth of a small problem and frees nothing.
    gc.disable()
    try:
        from cnnsteps.cli.program import main

        code = main()
    except KeyboardInterrupt:
        # Before or after the time in which main itself is ready for it.
        code = 130
    except (ImportError, MemoryError, OSError) as error:
        # The command line itself, or click, could not be loaded: main catches all that comes later.
        if sys.stderr is not None:
            sys.stderr.write(f"cnnsteps: error: a module can't be loaded: {str(error) or 'not enough memory'}\n")
        code = 3
    if hasattr(gc, "freeze"):  # PyPy has none
        gc.freeze()
    sys.exit(code)


if __name__ == "__main__":
    run()
