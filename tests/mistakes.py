"""Wrong problem files: each has a name, its text, and what the user is told, line by line.

A mistake is written `LINE:COLUMN: message`, a hint `hint: …`; `…` at an end stands for any text.
"""

# A case reads best on one line.
# ruff: noqa: E501

from __future__ import annotations

from typing import NamedTuple

GIVEN = '"input": [[1, 2, 3], [4, 5, 6], [7, 8, 9]]'
KERNEL = '"kernel": [[1, 0], [0, 1]]'
NINES = "9" * 30
CUT = f"{NINES}…{NINES[:15]}"
"""How an error has a number of many nines."""


class Wrong(NamedTuple):
    """A wrong file, and all that is said of it, in order."""

    name: str
    text: str | bytes
    said: list[str]


def conv(given: str = GIVEN, kernel: str = KERNEL, more: str = "") -> str:
    """A problem on four lines: type, input, kernel, all else."""
    return f'{{"type": "conv",\n{given},\n{kernel}' + (f",\n{more}}}" if more else "}")


def pool(more: str) -> str:
    return f'{{"type": "pool",\n"input": [[1, 2, 3, 4], [5, 6, 7, 8], [1, 2, 3, 4], [5, 6, 7, 8]],\n{more}}}'


MATRICES = [
    Wrong("long row", conv('"input": [[1, 2],\n  [3, 4, 5],\n  [6, 7]]'), ["3:3: input: row 2 has 3 values, the others have 2"]),
    Wrong("short row", conv('"input": [[1],\n  [3, 4],\n  [6, 7]]'), ["2:11: input: row 1 has 1 value, the others have 2"]),
    Wrong("row of a part", conv('"input": [[[1, 2], [3]], [[1, 2], [3, 4]]]'), ["2:20: input: part 1, row 2 has 1 value, the others have 2"]),
    Wrong("number between rows", conv('"input": [[1, 2], 3, [4, 5]]'), ["2:19: input: row 2 is 3, not a list like its neighbours"]),
    Wrong("list between numbers", conv('"input": [[1, [2], 3], [4, 5, 6]]'), ["2:15: input: a list of 1 stands here, where its neighbours are numbers"]),
    Wrong("empty list", conv('"input": []'), ["2:10: input: the list is empty"]),
    Wrong("empty row", conv('"input": [[1], []]'), ["2:16: input: row 2 is empty"]),
    Wrong("true", conv('"input": [[1, true], [3, 4]]'), ["2:15: input: true is not a number"]),
    Wrong("null and object", conv('"input": [[null, 2], [{"a": 1}, 4]]'), ["2:12: input: null is not a number", "2:23: input: an object is not a number"]),
    Wrong("not quite a number in quotes", conv('"input": [["5,0", 2], ["+3", "0x1"]]'), [
        '2:12: input: "5,0" is a string, not a number', "hint: …", '2:24: input: "+3" is a string, not a number', "hint: …",
        '2:30: input: "0x1" is a string, not a number', "hint: …"]),
    Wrong("word", conv('"input": [["abc", 2], [3, 4]]'), ['2:12: input: "abc" is a string, not a number', 'hint: a fraction is written "1/3"']),
    Wrong("divided by zero", conv('"input": [["1/0", 2], [3, 4]]'), ['2:12: input: "1/0" divides by zero']),
    Wrong("not a list", conv('"input": "abc"'), ['2:10: input is "abc", not a list of numbers']),
    Wrong("rank", conv(kernel='"kernel": [1, 2]'), ["3:11: kernel has rank 1, but with 2 dimensions it has rank 2, 3 or 4", "hint: …"]),
    Wrong("deep but closed", conv('"input": ' + "[" * 150 + "1" + "]" * 150), ["2:10: input has more than 8 lists inside one another", "hint: …"]),
    Wrong("NaN", conv('"input": [[NaN, -Infinity], [Infinity, 4]]'), [
        "2:12: NaN is not a number that can be computed with", "2:17: -Infinity is not a number that can be computed with",
        "2:30: Infinity is not a number that can be computed with"]),
]  # fmt: skip

LONG = [
    Wrong("5,000 digits", conv('"input": [[' + "9" * 5000 + ", 2], [3, 4]]"), [f"2:12: {CUT} is a number with 5,000 digits; at most 1,000 are allowed"]),
    Wrong("1,001 digits", conv('"input": [[' + "9" * 1001 + ", 2], [3, 4]]"), [f"2:12: {CUT} is a number with 1,001 digits; at most 1,000 are allowed"]),
    Wrong("1e10000000", conv('"input": [[1e10000000, 1e-10000000], [1e99999999999999, 4]]'), [
        "2:12: 1e10000000 is a number with 10,000,001 digits; at most 1,000 are allowed",
        "2:24: 1e-10000000 is a number with 10,000,001 digits; at most 1,000 are allowed",
        "2:39: 1e99999999999999 is a number with far too many digits; at most 1,000 are allowed"]),
    Wrong("long denominator", conv('"input": [["1/' + "9" * 1500 + '", 2], [3, 4]]'), ["2:12: input: … has a number with 1,500 digits; at most 1,000 are allowed"]),
    Wrong("long common denominator", conv('"input": [[' + ", ".join(f'"1/{10**900 + i}"' for i in range(1, 20)) + "]]"), [
        "2:10: input: its fractions have a common denominator of more than 4,000 digits", "hint: round them first"]),
    Wrong("long stride", conv(more='"stride": ' + "9" * 2000), [f"4:11: {CUT} is a number with 2,000 digits; at most 1,000 are allowed"]),
    Wrong("open brackets", "[" * 100_000, ["1:201: more than 200 brackets are open here", "hint: …"]),
    Wrong("open braces", '{"a":' * 100_000, ["1:1001: more than 200 brackets are open here", "hint: …"]),
]  # fmt: skip

SETTINGS = [
    Wrong("below 1", conv(more='"stride": 0, "dilation": [1, -2], "groups": 0'), [
        "4:11: stride is 0, but it is at least 1", "4:30: dilation is -2, but it is at least 1", "4:45: groups is 0, but it is at least 1"]),
    Wrong("negative padding", conv(more='"padding": [[1, -1], [0, 2.5]]'), [
        "4:17: padding is -1, but it is at least 0", "4:26: padding is 2.5, not a whole number", "hint: …"]),
    Wrong("too many numbers", conv(more='"stride": [1, 2, 3], "dilation": [], "padding": [1, 1, 1, 1]'), [
        "4:11: stride has 3 numbers for 2 dimensions", "hint: give one number, or 2",
        "4:34: dilation has 0 numbers for 2 dimensions", "hint: give one number, or 2",
        "4:49: padding has 4 numbers for 2 dimensions", "hint: give 2 pairs [before, after], one a dimension"]),
    Wrong("wrong types", conv(more='"stride": "a", "groups": true, "flip": 2, "title": 5, "bias": null'), [
        '4:11: stride is "a", not a whole number', "hint: give a whole number, or a list of 2", "4:26: groups is true, not a whole number",
        "4:40: flip is 2, not true or false", "4:52: title is 5, not a string", "4:63: bias: null is not a number"]),
    Wrong("numbers in quotes", conv(more='"stride": "0", "dilation": "1.5", "padding": "-1", "groups": "1 1"'), [
        "4:11: stride is 0, but it is at least 1", '4:28: dilation is "1.5", not a whole number', "hint: …",
        "4:46: padding is -1, but it is at least 0", '4:62: groups is "1 1", not a whole number']),
    Wrong("Keras's padding of sequences", conv(more='"padding": "causal"'), ['4:12: padding is "causal", which is not a padding', "hint: give numbers, …"]),
    Wrong("dims", conv(more='"dims": 4, "stride": [1, 1, 1], "flip": 2'), ["4:9: dims is 4, but it is at most 3", "4:41: flip is 2, not true or false"]),
    Wrong("kernel too large", conv(kernel='"kernel": [[1, 2, 3, 4, 5], [1, 2, 3, 4, 5]]'), [
        "3:11: kernel: a window of size 5 is larger than the padded input of 3: (N − F + 2P)/S + 1 = (3 − 5 + 0)/1 + 1 = −1"]),
    Wrong("window too large", pool('"kernel_size": 5'), [
        "3:16: kernel_size: a window of size 5 is larger than the padded input of 4: ⌊(N − F + 2P)/S⌋ + 1 = ⌊(4 − 5 + 0)/5⌋ + 1 = 0"]),
    Wrong("padding alone", pool('"kernel_size": 2, "padding": 2'), ["3:30: padding is 2, so that a window of size 2 lies in padding alone", "hint: padding is at most 1 here"]),
    Wrong("one padding alone", pool('"kernel_size": 3, "padding": [2, 3]'), ["3:34: padding is 3, so that a window of size 3 lies in padding alone", "hint: padding is at most 2 here"]),
    Wrong("padding stepped over", '{"type": "pool", "input": [[1]],\n"kernel_size": [1, 2], "dilation": 2, "padding": [0, 1]}', [
        "2:54: padding is 1, so that a window of size 2, spread to 3, lies in padding alone", "hint: use a smaller padding or dilation"]),
    Wrong("channels", '{"type": "conv", "input": [[[1]], [[2]]],\n"kernel": [[[[1]], [[1]], [[1]]]]}', [
        "2:11: kernel has 3 channels, but the input has 2 channels…", "hint: …"]),
    Wrong("groups", '{"type": "conv", "input": [[[1]], [[2]]],\n"kernel": [[[[1]]], [[[1]]], [[[1]]]], "groups": 2}', [
        "2:50: groups is 2, which does not divide kernel's 3 filters"]),
    Wrong("bias", conv(more='"bias": [1, 2]'), ["4:9: bias has 2 numbers for 1 filter"]),
    Wrong("a matrix for a size", '{"type": "size", "input": [[1]], "kernel": 1}', [
        "1:27: input is a matrix, and a size problem takes sizes", "hint: give 227 or [3, 227, 227]"]),
    Wrong("padding 16000", '{"type": "conv", "input": [[1]], "kernel": [[1]], "padding": 16000}', [
        "1:1: 1,024,064,001 expansions are asked for, more than the 10,000,000 of --max-cells", "hint: …"]),
    Wrong("padding 10**30", conv(more=f'"padding": {NINES}'), ["1:1: … expansions are asked for, more than the 10,000,000 of --max-cells", "hint: …"]),
    Wrong("dilation 10**30", conv(more=f'"dilation": {NINES}'), ["3:11: kernel: a window of size 2…"]),
]  # fmt: skip

KEYS = [
    Wrong("not an object", "[1, 2]", ["1:1: a problem is an object {…}, but this is a list of 2"]),
    Wrong("null", "null", ["1:1: a problem is an object {…}, but this is null"]),
    Wrong("no type", "{}", ["1:1: type is missing", 'hint: say which problem it is, for example "type": "conv"']),
    Wrong(
        "no type, but a pool's keys",
        '{"input": [[1]], "kernel_size": 1}',
        ["1:1: type is missing", 'hint: say which problem it is, for example "type": "pool"'],
    ),
    Wrong("missing keys", '{"type": "pool"}', ["1:1: input is missing: …", "1:1: kernel_size is missing: …"]),
    Wrong("a type of Keras, by whose keys nothing is judged", '{"type": "Conv2D", "input": [[1]], "kernel": [[1]], "stride": 0, "units": 3}', [
        '1:10: type is "Conv2D", which is no kind of problem', 'hint: did you mean "conv"?']),
    Wrong("a type of nobody", '{"type": "embedding", "input": [[1, 2], [3]], "strides": 0}', [
        '1:10: type is "embedding", which is no kind of problem', "hint: the types are …"]),
    Wrong("the type under another name", '{"op": "conv", "input": [[1, 2], [3]], "strides": 0}', ['1:2: there is no key "op"', "hint: did you mean type?"]),
    Wrong("a sheet", '{"problems": [{"type": "conv"}]}', ["1:2: this is a sheet of problems, which can't be solved yet", "hint: …"]),
    Wrong("other names", (
        '{"type": "conv", "image": [[1]],\n"filter": [[1]],\n"subsample": 1,\n"rate": 1,\n"pads": 1,\n"kernel_initializer": 1,\n'
        '"biases": true,\n"data_format": "x",\n"dtype": 1,\n"activation": 2,\n"grups": 1}'), [
        '1:18: a conv problem has no key "image"', "hint: did you mean input?", '2:1: a conv problem has no key "filter"', "hint: did you mean kernel?",
        '3:1: a conv problem has no key "subsample"', "hint: did you mean stride?", '4:1: a conv problem has no key "rate"', "hint: did you mean dilation?",
        '5:1: a conv problem has no key "pads"', "hint: did you mean padding?", '6:1: a conv problem has no key "kernel_initializer"', "hint: give the numbers themselves in kernel",
        '7:1: a conv problem has no key "biases"', "hint: did you mean bias?", '8:1: a conv problem has no key "data_format"', "hint: channels always come first",
        '9:1: a conv problem has no key "dtype"', "hint: numbers are exact here, there is no dtype to choose",
        '10:1: a conv problem has no key "activation"', "hint: an activation is a problem of its own", '11:1: a conv problem has no key "grups"', "hint: did you mean groups?"]),
    Wrong("a pool's other names", '{"type": "pool", "image": [[1]],\n"ksize": 1,\n"return_indices": true,\n"divisor_override": 3}', [
        '1:18: a pool problem has no key "image"', "hint: did you mean input?", '2:1: a pool problem has no key "ksize"', "hint: did you mean kernel_size?",
        '3:1: a pool problem has no key "return_indices"', "hint: where each maximum stands is always told",
        '4:1: a pool problem has no key "divisor_override"', "hint: the divisor is the number of places that count"]),
    Wrong("two names for one thing", '{"type": "conv", "input": [[1]], "x": [[1]],\n"weight": [[1]], "kernel": [[1]],\n"strides": 0, "stride": 1}', [
        "1:34: x and input are two names for one thing", "hint: keep one of them: input", "2:1: weight and kernel are two names for one thing", "hint: …",
        "3:1: strides and stride are two names for one thing", "hint: …"]),
    Wrong("two other names", '{"type": "conv", "input": [[1]], "kernel": [[1]],\n"dilation_rate": 1, "dilations": 1}', [
        "2:21: dilations and dilation_rate are two names for one thing", "hint: keep one of them: dilation"]),
    Wrong("by another name, in its own place", '{"type": "conv", "x": [[1, 2], [3]],\n"weight": [1], "strides": [0, 1],\n"auto_pad": "sam"}', [
        "1:32: x: row 2 has 1 value, …", "2:11: weight has rank 1, but …", "hint: …", "2:28: strides is 0, but it is at least 1",
        '3:13: auto_pad is "sam", which is not a padding', 'hint: did you mean "same"?']),
    Wrong("what is found late, by another name", '{"type": "conv", "x": [[[1]], [[2]]],\n"weight": [[[[1]]]], "bias": [1, 2]}', [
        "2:11: weight has 1 channel, but the input has 2 channels: …", "hint: …", "2:30: bias has 2 numbers for 1 filter"]),
    Wrong("checks", '{"type": "conv", "input": [[1]], "kernel": [[1]],\n"kernel_size": [1, 3], "in_channels": 3,\n"filters": 2, "use_bias": true}', [
        "2:16: kernel_size is 1 × 3, but the kernel has the size 1 × 1", "2:39: in_channels is 3, but the input has 1 channel",
        "3:12: filters is 2, but the kernel has 1 filter", "3:27: use_bias is true, but no bias is given"]),
    Wrong("no bias and a bias", '{"type": "linear", "input": [1, 2], "weight": [[1, 2]], "bias": 1,\n"use_bias": false, "in_features": 3, "units": 2}', [
        "2:13: use_bias is false, but a bias is given", "2:35: in_features is 3, but the weight has 2 columns, one an input",
        "2:47: units is 2, but the weight has 1 row, one an output"]),
    Wrong("no follow-on", '{"type": "conv", "input": [[1]], "kernel": [[1, 1], [1, 1]],\n"pad": 1}', ['2:1: a conv problem has no key "pad"', "hint: did you mean padding?"]),
]  # fmt: skip
