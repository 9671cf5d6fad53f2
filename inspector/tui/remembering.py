"""What views ask of the app about preferences that they change."""

from __future__ import annotations

from typing import Protocol, runtime_checkable


@runtime_checkable
class Remembers(Protocol):
    """The app, as far as views know it: whether files are shown with their attributes, and that it remembers that."""

    attributes: bool

    def remember_attributes(self, shown: bool) -> None: ...
