"""What a layer of a network of sizes may say: sizes where a problem of its own has numbers."""

from __future__ import annotations

from cnnsteps.reading.field_types import Choice, Flag, Key, Padding, PaddingValue, PerDimension, Whole

KERNEL = Key("kernel", PerDimension(1), "the window's size, a number or one a dimension", required=True)
FILTERS = Key("filters", Whole(1), "how many channels the output has", required=True)
BIAS = Key("bias", Flag(), "whether there is one, a number a filter", default=True)
STRIDE = Key("stride", PerDimension(1), "how far the window moves; a pool's: its window")
PADDING: Key[PaddingValue] = Key("padding", Padding(), "how many places are put around the input", default=0)
DILATION = Key("dilation", PerDimension(1), "the distance between the window's places", default=1)
GROUPS = Key("groups", Whole(1), "into how many groups channels and filters are divided", default=1)
OUTPUT_PADDING = Key("output_padding", PerDimension(0), "what is added at the output's end", default=0)
KERNEL_SIZE = Key("kernel_size", PerDimension(1), "the size of the window")
MODE = Key("mode", Choice(("max", "average", "lp")), "what is taken of a window", default="max")
CEIL_MODE = Key("ceil_mode", Flag(), "the output size is rounded up", default=False)
COUNT_INCLUDE_PAD = Key("count_include_pad", Flag(), "average: padding counts in the divisor", default=True)
GLOBAL = Key("global", Flag(), "one window over everything", default=False)
OUTPUT_SIZE = Key("output_size", PerDimension(1), "adaptive pooling to this size")
P = Key("p", Whole(1), "lp: the power", default=2)
OUT_FEATURES = Key("out_features", Whole(1), "how many numbers the layer gives", required=True)

WINDOW = (KERNEL, FILTERS, BIAS, STRIDE, PADDING, DILATION, GROUPS)
KEYS: dict[str, tuple[Key[object], ...]] = {
    "conv": WINDOW,
    "conv_transpose": (*WINDOW, OUTPUT_PADDING),
    "pool": (KERNEL_SIZE, MODE, STRIDE, PADDING, DILATION, CEIL_MODE, COUNT_INCLUDE_PAD, GLOBAL, OUTPUT_SIZE, P),
    "linear": (OUT_FEATURES, BIAS),
}
"""Any other layer takes its operator's own keys."""
