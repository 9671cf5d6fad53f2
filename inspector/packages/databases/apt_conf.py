"""apt's configuration in an image, as far as it decides what is removed automatically (apt.conf(5))."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

MAIN, PARTS = "etc/apt/apt.conf", "etc/apt/apt.conf.d/"

_token = re.compile(r'"(?P<string>[^"]*)"|(?P<mark>[{};])|(?://|#)[^\n]*|/\*.*?\*/|(?P<word>[^\s{};"]+)', re.DOTALL)
_is_part = re.compile(r"(?!\.)(?:[\w:-]+|[\w:.-]+\.conf)", re.ASCII).fullmatch
"""Names without an ending or with .conf, of plain characters: what GetListOfFilesInDir in apt's fileutl.cc takes."""

_FALSE = frozenset(("no", "false", "without", "off", "disable", "0"))


class AptConfiguration(Struct, frozen=True):
    """Whether Recommends and Suggests keep a package installed, and names that are never removed automatically."""

    recommends_important: bool = True
    suggests_important: bool = True
    never_auto_remove: tuple[str, ...] = ()


def apt_configuration(captured: Mapping[str, bytes]) -> AptConfiguration:
    """From the image's apt.conf.d/* in the order of their names, then apt.conf, as apt reads them."""
    files = sorted(path for path in captured if path.startswith(PARTS) and _is_part(path.removeprefix(PARTS)))
    values: dict[str, str] = {}
    never: list[str] = []
    for path in (*files, MAIN):
        for key, value in _settings(captured.get(path, b"").decode("utf-8", "replace")):
            if key.startswith("apt::neverautoremove::"):
                never.append(value)
            else:
                values[key] = value
    return AptConfiguration(
        recommends_important=values.get("apt::autoremove::recommendsimportant", "").lower() not in _FALSE,
        suggests_important=values.get("apt::autoremove::suggestsimportant", "").lower() not in _FALSE,
        never_auto_remove=tuple(never),
    )


def _settings(text: str) -> Iterator[tuple[str, str]]:
    """(key in lower case, value) in order; the items of a list have their list's key with `::` behind it."""
    scopes: list[str] = []
    name: str | None = None
    value = ""
    for match in _token.finditer(text):
        if match["mark"] == "{":
            scopes.append(name or "")
            name, value = None, ""
        elif match["mark"]:
            if name is not None or value:
                yield "::".join([*filter(None, scopes), name or ""]).lower(), value
            name, value = None, ""
            if match["mark"] == "}":
                del scopes[-1:]
        elif match["word"] and name is None and not value:
            name = match["word"]
        elif match["word"] or match["string"]:
            value = match["word"] or match["string"]
