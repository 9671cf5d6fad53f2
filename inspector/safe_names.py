"""Names from inside an image, made safe to show: they may hold anything, even terminal commands."""

from __future__ import annotations


def printable(name: str) -> str:
    """The name with control characters, separators that break lines and bytes that are not UTF-8 written as escapes."""
    if name.isprintable():
        return name
    return "".join(char if char.isprintable() else _escape(char) for char in name)


def printable_text(text: str) -> str:
    """The same for text of several lines, whose line feeds and tabs stay."""
    return "\n".join("\t".join(map(printable, line.split("\t"))) for line in text.split("\n"))


def utf8(name: str) -> str:
    """The name as valid Unicode, for JSON: bytes that are not UTF-8 become `\\\\xff`."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _escape(char: str) -> str:
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that was not UTF-8 (surrogateescape)
        return f"\\x{code - 0xDC00:02x}"
    return char.encode("unicode_escape").decode("ascii")
