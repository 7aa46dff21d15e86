"""Words that mean a function, a scale, or a place, in the languages in which they occur."""

from __future__ import annotations

from cnnsteps.checking.notations import Row

MAX, MEAN = "{}(1, 4, 5, 8) = 8", "{}(1, 4, 5, 8) = 4.5"

FUNCTIONS = (
    *(Row(w, "max", MAX.replace("{}", w)) for w in ("max", "Max", "MAX", r"\max", "máx", "maximum", "最大值", "最大", "макс", "maks")),
    *(Row(w, "average", MEAN.replace("{}", w)) for w in (
        "average", "Average", "avg", "Avg", "AVG", "mean", "Mean", "平均", "平均值", "promedio", "média", "media", "moyenne", "Mittelwert", "среднее",
    )),
    *(Row(w, "min", f"{w}(4, 1) = 1") for w in ("min", "Min", r"\min")),
    Row("sum", "sum", "sum(1, 4, 5) = 10"), Row("abs", "abs", "abs(3 - 5) = 2"),
    *(Row(w, "relu", f"{w}(3 - 5 + 1) = 0") for w in ("ReLU", "relu", "Relu", "RELU")),
    *(Row(w, "floor", f"{w}((7 - 2)/2) + 1 = 3") for w in ("floor", "Floor")),
    *(Row(w, "ceil", f"{w}((7 - 2)/2) + 1 = 4") for w in ("ceil", "Ceil", "ceiling")),
    Row("sqrt", "sqrt", "sqrt(9 + 16) = 5"), Row("exp", "exp", "exp(2 - 2) + 1 = 2"), Row(r"\exp", "exp", r"\exp(2 - 2) + 1 = 2"),
    *(Row(w, "sigmoid", f"{w}(3 - 3) = 0.5") for w in ("sigmoid", "Sigmoid", "σ", r"\sigma")),
    Row("tanh", "tanh", "tanh(3 - 3) = 0"), Row(r"\tanh", "tanh", r"\tanh(3 - 3) = 0"),
)  # fmt: skip

SCALES = frozenset(
    ["k", "K", "M", "B", "G", "T", "KB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "bit", "bits", "byte", "bytes", "ms", "s", "sec", "secs", "second", "seconds", "min", "mins", "minute", "minutes", "h", "hr", "hour", "hours", "day", "days", "week", "weeks", "month", "months", "year", "years", "million", "millions", "billion", "billions", "thousand", "trillion", "percent", "GFLOPs", "GFLOPS", "MFLOPs", "TFLOPs", "FLOPs", "km", "m", "cm", "mm", "kg", "g", "lb", "px", "Hz", "kHz", "MHz", "GHz", "dB", "x", "times", "mod", "万", "亿", "千", "百", "元", "秒", "分", "小时", "天", "%", "‰", "°"]
)
"""What counts in other units than the numbers before it."""

PLACES = (
    Row("top-left", "1 1", "top-left: max(1, 4, 5, 8) = 8"), Row("top left", "1 1", "Top left: max(1, 4, 5, 8) = 8"),
    Row("upper left", "1 1", "upper left: max(1, 4, 5, 8) = 8"), Row("左上", "1 1", "左上窗口：max(1, 4, 5, 8) = 8"),
    Row("superior izquierdo", "1 1", "Cuadrante superior izquierdo: max(1, 4, 5, 8) = 8"),
    Row("top-right", "1 -1", "top-right: max(1, 4, 5, 8) = 8"), Row("top right", "1 -1", "Top right: max(1, 4, 5, 8) = 8"),
    Row("upper right", "1 -1", "upper right: max(1, 4, 5, 8) = 8"), Row("右上", "1 -1", "右上窗口：max(1, 4, 5, 8) = 8"),
    Row("superior derecho", "1 -1", "Cuadrante superior derecho: max(1, 4, 5, 8) = 8"),
    Row("bottom-left", "-1 1", "bottom-left: max(1, 4, 5, 8) = 8"), Row("bottom left", "-1 1", "Bottom left: max(1, 4, 5, 8) = 8"),
    Row("lower left", "-1 1", "lower left: max(1, 4, 5, 8) = 8"), Row("左下", "-1 1", "左下窗口：max(1, 4, 5, 8) = 8"),
    Row("inferior izquierdo", "-1 1", "Cuadrante inferior izquierdo: max(1, 4, 5, 8) = 8"),
    Row("bottom-right", "-1 -1", "bottom-right: max(1, 4, 5, 8) = 8"), Row("bottom right", "-1 -1", "Bottom right: max(1, 4, 5, 8) = 8"),
    Row("lower right", "-1 -1", "lower right: max(1, 4, 5, 8) = 8"), Row("右下", "-1 -1", "右下窗口：max(1, 4, 5, 8) = 8"),
    Row("inferior derecho", "-1 -1", "Cuadrante inferior derecho: max(1, 4, 5, 8) = 8"),
)  # fmt: skip
"""Corners: the row and column, the last one as -1."""
