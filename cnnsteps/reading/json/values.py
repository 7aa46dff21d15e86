"""What JSON text becomes: int, a ratio (a tuple) for what has a point or an exponent, str, bool, None, list, dict."""

from __future__ import annotations

from functools import lru_cache

from cnnsteps.numbers.exact import Ratio, parse_decimal

Value = object


class Broken:
    """Stands where a value could not be read; the mistake has been reported."""


BROKEN = Broken()


@lru_cache(maxsize=65_536)
def cached_decimal(text: str) -> Ratio:
    """The ratio that a JSON number is; files hold the same few numbers many times."""
    return parse_decimal(text)
