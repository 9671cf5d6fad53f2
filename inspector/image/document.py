"""JSON documents from outside: decoded into typed values, or refused in one line.

Decoders are made when their module is imported, here and for all typed JSON: msgspec describes a type when it is asked
for first, and two threads that ask for the same one at once end the process (msgspec 0.22).
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

from inspector.errors import BadImage

Form = TypeVar("Form")


def decode(data: bytes, decoder: msgspec.json.Decoder[Form], what: str) -> Form:
    """`data` as the decoder's type. Raises BadImage, saying that `what` is not valid and where."""
    try:
        return decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadImage(f"{what} is not valid: {error}") from None
