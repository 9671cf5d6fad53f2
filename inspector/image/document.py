"""JSON documents from outside: decoded into typed values, or refused in one line."""

from __future__ import annotations

from typing import Any

import msgspec

from inspector.errors import BadImage


def decode(data: bytes, form: Any, what: str) -> Any:
    """`data` as a value of the type `form`. Raises BadImage, saying that `what` is not valid and where."""
    try:
        return msgspec.json.decode(data, type=form)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadImage(f"{what} is not valid: {error}") from None
