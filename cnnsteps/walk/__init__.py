"""`cnnsteps walk`: a solution step by step on a full screen.

    file → chapters (chapters.py) → a step with what it reads (step.py, operands.py, scene.py)
    key + state → state (keys.py, actions.py, model.py) → screen (pages.py, side_pages.py, panels.py, expression.py)
    screen → terminal (terminal.py), plain text, a recording, a picture (sinks.py)

Everything up to the screen is plain data with no terminal in it.
"""
