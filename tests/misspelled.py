"""Files that are no JSON, or no text: what people write by hand, and what editors and disks make of it."""

# A case reads best on one line.
# ruff: noqa: E501

from __future__ import annotations

from tests.mistakes import KERNEL, Wrong, conv

TAIL = '"input": [[1, 2], [3, 4]], "kernel": [[1]]'
QUOTES = "hint: strings stand in double quotes, on one line"
UTF_8 = "hint: save it again as UTF-8"
SMALL = '{"type": "conv"}'

SYNTAX = [
    Wrong("trailing commas", '{"type": "conv",\n"input": [[1, 2,], [3, 4],],\n"kernel": [[1]],}', [
        "2:16: a comma before the closing ']'", "hint: delete the comma", "2:26: a comma before the closing ']'", "hint: delete the comma",
        "3:16: a comma before the closing '}'", "hint: delete the comma"]),
    Wrong("comments", f'// a\n{{"type": "conv", /* b\n */ {TAIL}}} # c', [
        "1:1: JSON has no comments", "hint: …", "2:18: JSON has no comments", "hint: …", "3:49: JSON has no comments", "hint: …"]),
    Wrong("missing commas", '{"type": "conv"\n"input": [[1 2] [3, 4]]\n"kernel": [[1]]}', [
        "2:1: a comma is missing before this", "2:14: a comma is missing before this", "2:17: a comma is missing before this", "3:1: a comma is missing before this"]),
    Wrong("missing values", conv('"input": [[1,,2], [3, , 4]]', '"kernel": ', '"stride":'), [
        "2:14: a value is missing before this comma", "2:23: a value is missing before this comma", "3:11: the value of kernel is missing", "4:10: the value of stride is missing"]),
    Wrong("keys without quotes", f'{{type: "conv", {TAIL}}}', ["1:2: the key type stands without double quotes", 'hint: write "type"']),
    Wrong("single quotes", f"{{'type': 'conv', {TAIL}}}", [
        "1:2: the key type stands without double quotes", 'hint: write "type"', "1:10: 'conv' stands in single quotes", 'hint: strings stand in double quotes "']),
    Wrong("curly quotes", f"{{“type”: “conv”, {TAIL}}}", [
        "1:2: the key type stands without double quotes", 'hint: write "type"', "1:10: “conv” stands in curly quotes", 'hint: strings stand in double quotes "']),
    Wrong("a string not closed, on one line", f'{{"type": "conv, {TAIL}}}', ["1:10: this string is not closed", QUOTES]),
    Wrong("a string not closed by its line", f'{{"type": "conv",\n"title": "Homework,\n{TAIL}, "stride": 0}}', [
        "2:10: this string is not closed", QUOTES, "3:55: stride is 0, but it is at least 1"]),
    Wrong("quotes in a string", f'{{"type": "conv", "title": "a "b" c", {TAIL}}}', ["1:30: this quote ends the string, but more text follows", r'hint: inside a string write \"']),
    Wrong("a colon missing", f'{{"type" "conv", {TAIL}}}', ["1:9: a colon is missing after the key type"]),
    Wrong("equals", f'{{"type" = "conv", {TAIL}}}', ["1:9: '=' is not JSON", "hint: a colon stands between a key and its value"]),
    Wrong("a list not closed", '{"type": "conv", "input": [[1, 2], [3, 4],\n"kernel": [[1]]}', [
        "2:1: the list that begins at line 1, column 27 is not closed before the key kernel"]),
    Wrong("a list not closed at the end", '{"type": "conv", "input": [[1]], "kernel": [[1]}', ["1:48: the list that begins at line 1, column 44 is not closed before this '}'"]),
    Wrong("the wrong bracket", '{"type": "conv", "input": [[1}], "kernel": [[1]]}', ["1:30: '}' can't close the list that begins at line 1, column 28", "hint: write ']'"]),
    Wrong("the end too early", '{"type": "conv",\n"input": [[1, 2], [3', ["2:21: the file ends inside the list that begins at line 2, column 19"]),
    Wrong("two problems", f'{{"type": "conv", {TAIL}}}\n{{"type": "conv"}}', ["2:1: the problem has ended, but there is more text"]),
    Wrong("no braces", '"type": "conv", "input": [[1]]', ["1:1: a problem is an object: it stands in braces {…}"]),
    Wrong("YAML", "type: conv\ninput: [[1]]", ["1:1: this is YAML, not a problem file", "hint: …"]),
    Wrong("a word", "conv", ["1:1: a problem begins with a brace {, not with conv"]),
    Wrong("duplicate key", f'{{"type": "conv",\n"input": [[9]],\n{TAIL}}}', ["3:1: input stands here a second time, first at line 2", "hint: keep one of them"]),
    Wrong("duplicate in an object", conv('"input": [[{"a": 1, "a": 2}]]'), [
        "2:12: input: an object is not a number", "2:21: a stands here a second time, first at line 2", "hint: keep one of them"]),
    Wrong("numbers", conv('"input": [[01, .5, 1.], [+3, 0x10, 1_000], [1/3, −1, 2*3]]'), [
        "2:12: 01 is not a JSON number", "hint: write 1", "2:16: .5 is not a JSON number", "hint: write 0.5", "2:20: 1. is not a JSON number", "hint: write 1",
        "2:26: +3 is not a JSON number", "hint: write 3", "2:30: 0x10 is not a JSON number", "2:36: 1_000 is not a JSON number", "hint: write 1000",
        "2:45: 1/3 is not a JSON number", 'hint: a fraction stands in quotes: "1/3"', "2:50: −1 is not JSON", "hint: write -1", "2:54: 2*3 is not a JSON number"]),
    Wrong("semicolons", conv('"input": [[1, 2; 3, 4]]'), ["2:16: ';' is not JSON", "hint: values are separated by commas, and rows stand in [ ]"]),
    Wrong("parentheses", conv('"input": [(1, 2), [3, 4]]'), ["2:11: '(' is not JSON", "hint: a list stands in brackets [ ]"]),
    Wrong("Python", conv(more='"flip": True, "bias": None'), ["4:9: True is not JSON", "hint: write true", "4:23: None is not JSON", "hint: write null"]),
    Wrong("a no-break space", conv('"input":\u00a0[[1, 2], [3, 4]]'), ["2:9: a no-break space (U+00A0) is not JSON", "hint: write a plain space"]),
    Wrong("a tab in a string", conv(more='"title": "a\tb"'), [r"4:10: a control character, \t, stands in this string", r"hint: write \t"]),
    Wrong("an escape", conv(more=r'"title": "C:\data"'), [r'4:10: the string "C:\data" is not JSON: invalid \escape', "hint: …"]),
    Wrong("a zero byte", b'{"type": "conv"\0}', [
        "1:1: input is missing: …", "1:1: kernel is missing: …", r"1:16: \x00 does not belong here, after the value of type"]),
    Wrong("four kinds at once", '{"type": "conv",\n"input": [[1, NaN], [2]],\n' + KERNEL + ',\n"strade": 1,}', [
        "2:15: NaN is not a number that can be computed with", "2:21: input: row 2 has 1 value, …", '4:1: a conv problem has no key "strade"',
        "hint: did you mean stride?", "4:12: a comma before the closing '}'", "hint: delete the comma"]),
]  # fmt: skip

BYTES = [
    Wrong("empty", b"", ["1:1: the file is empty", "hint: …"]),
    Wrong("white space", b" \n\t \r\n", ["1:1: the file is empty", "hint: …"]),
    Wrong("UTF-16 with its mark", SMALL.encode("utf-16"), ["1:1: the file is UTF-16 or UTF-32, not UTF-8", UTF_8]),
    Wrong("UTF-16-LE", SMALL.encode("utf-16-le"), ["1:1: the file is UTF-16 or UTF-32, not UTF-8", UTF_8]),
    Wrong("UTF-16-BE", SMALL.encode("utf-16-be"), ["1:1: the file is UTF-16 or UTF-32, not UTF-8", UTF_8]),
    Wrong("UTF-32", SMALL.encode("utf-32"), ["1:1: the file is UTF-16 or UTF-32, not UTF-8", UTF_8]),
    Wrong("Latin-1", '{"type": "conv",\n"title": "äé"}'.encode("latin-1"), [
        "2:11: the byte 0xe4 is not UTF-8; the file may be Latin-1 or Windows-1252", UTF_8]),
]  # fmt: skip
