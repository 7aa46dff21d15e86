"""cnnsteps: the matrix problems of convolutional networks, worked out exactly, every step written down."""

__version__ = "0.1.0"
