"""What users call things: other libraries' names for our keys, and near misses."""

from __future__ import annotations

from collections.abc import Iterable

ALIASES: dict[str, tuple[str, ...]] = {
    "input": ("x", "image", "data", "inputs", "input_tensor", "input_size", "input_shape", "in1", "lhs", "matrix"),
    "kernel": ("w", "weight", "weights", "kernels", "filter", "kernel_size", "kernel_shape", "in2", "rhs"),
    "kernel_size": ("kernel_shape", "pool_size", "kernel", "window", "window_size", "size", "ksize"),
    "bias": ("b", "biases", "use_bias", "bias_initializer"),
    "stride": ("strides", "step", "subsample", "window_strides"),
    "padding": ("pads", "pad", "auto_pad", "zero_padding", "border_mode"),
    "padding_mode": ("pad_mode", "boundary"),
    "dilation": ("dilations", "dilation_rate", "rate", "atrous_rate", "rhs_dilation"),
    "groups": ("group", "num_groups", "num_group", "feature_group_count"),
    "output_padding": ("out_padding", "adjust"),
    "mode": ("pool_type", "pooling", "pool_mode", "reduction"),
    "ceil_mode": ("ceil", "round_up", "ceiling"),
    "count_include_pad": ("count_include_padding", "include_pad", "include_padding"),
    "filters": ("out_channels", "num_filters", "n_filters", "nb_filter", "num_filter", "num_output"),
    "dims": ("ndim", "dim", "rank", "spatial_dims", "dimensions"),
    "type": ("op", "op_type", "kind", "layer", "operator", "operation", "class_name"),
    "title": ("name", "caption", "heading"),
    "flip": ("flipped", "flip_kernel", "true_convolution"),
    "output_size": ("out_size", "target_size"),
    "global": ("global_pooling", "global_pool", "is_global"),
    "grad_output": ("grad", "gradient", "upstream", "grad_out", "grad_outputs", "dout", "dy", "output_grad"),
    "p": ("norm_type", "rate", "ratio", "keep_prob"),
    "weight": ("w", "weights", "kernel", "in2"),
    "negative_slope": ("alpha", "slope", "leak"),
    "mean": ("running_mean", "moving_mean", "input_mean", "mu"),
    "variance": ("var", "running_var", "moving_variance", "input_var", "sigma2"),
    "gamma": ("weight", "scale"),
    "beta": ("bias", "shift", "offset", "b"),
    "epsilon": ("eps",),
}
"""Our key, and what PyTorch, Keras, ONNX, SciPy and lecture notes call it."""

ADVICE = {
    "in_channels": "the channels are counted in input and kernel",
    "out_channels": "the filters are counted in kernel",
    "filters": "the filters are counted in kernel: give their numbers there",
    "mode": 'how a convolution treats the edges is said by padding, which may be "valid" or "same"',
    "return_indices": "where each maximum stands is always told",
    "storage_order": "where a maximum stands is counted row by row",
    "keepdims": "the dimensions are always kept",
    "divisor_override": "the divisor is the number of places that count",
    "kernel_initializer": "give the numbers themselves in kernel",
    "data_format": "channels always come first",
    "in_features": "the inputs are counted in weight",
    "out_features": "the outputs are counted in weight",
    "num_features": "the channels are counted in input",
    "momentum": "mean and variance are given, as training left them",
    "axis": "it follows from the input's rank and dims",
    "activation": "an activation is a problem of its own",
    "show": "it stands beside a whole problem's keys, and holds for all of its layers",
    "device": "numbers are exact here, whatever the device",
    "dtype": "numbers are exact here, there is no dtype to choose",
}
"""Keys of other libraries that have no counterpart here."""


def meant(
    word: str, known: Iterable[str], aliases: dict[str, tuple[str, ...]] = ALIASES, close: bool = True
) -> str | None:
    """The known name that `word` stands for elsewhere, or with `close` one that is spelled nearly so."""
    names = list(known)
    folded = word.lower()
    for name in names:
        if folded == name or folded in aliases.get(name, ()):
            return name
    if not close:
        return None
    from difflib import get_close_matches

    return next(iter(get_close_matches(folded, names, n=1, cutoff=0.6)), None)
