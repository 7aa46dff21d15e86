"""What one token says: a number, a string, a word; BROKEN where it is none of JSON's."""

from __future__ import annotations

import json

from cnnsteps.numbers.exact import MAX_DIGITS, TooLong, count_digits, parse_decimal
from cnnsteps.reading.json import tokens as spelling
from cnnsteps.reading.json.builder import Builder
from cnnsteps.reading.json.values import BROKEN, Value
from cnnsteps.text import excerpt


class Literals(Builder):
    """Reads the values that are no lists and no objects."""

    def value_of(self, kind: str, word: str, at: int) -> Value:
        if kind == "string":
            return self.string(word, at)
        if kind == "number":
            return self.number(word, at)
        if kind == "closed":
            return word
        if kind == "word" and word in spelling.WORDS:
            return spelling.WORDS[word]
        if kind == "quoted":
            shape = "single" if word.startswith("'") else "curly"
            self.wrong(at, f"{excerpt(word)} stands in {shape} quotes", 'strings stand in double quotes "')
            return word[1:-1]
        self.wrong(at, *spelling.misspelled(word))
        return BROKEN

    def number(self, word: str, at: int) -> Value:
        if not spelling.JSON_NUMBER.fullmatch(word):
            self.wrong(at, f"{excerpt(word)} is not a JSON number", spelling.spelled(word))
            return BROKEN
        try:
            if not set("eE.") & set(word) and count_digits(word) <= MAX_DIGITS:
                return int(word)
            return parse_decimal(word)
        except TooLong as error:
            self.wrong(at, f"{excerpt(word)} is {error}; at most {MAX_DIGITS:,} are allowed")
            return BROKEN

    def string(self, word: str, at: int) -> Value:
        try:
            return json.loads(word)
        except ValueError as error:
            self.wrong(at, *spelling.string_mistake(word, str(error)))
            return BROKEN
