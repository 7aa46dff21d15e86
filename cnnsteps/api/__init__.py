"""cnnsteps for Python and Jupyter; what `import cnnsteps` offers comes from here, and is imported when it is used."""
