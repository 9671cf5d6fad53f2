"""A Dockerfile's text as logical lines: continuations joined, comments left out, here-documents attached.

The rules are those of BuildKit's parser (frontend/dockerfile/parser), which the Dockerfile reference describes. None of
the parsers on PyPI holds them: dockerfile-parse takes a here-document's lines for instructions and ends an instruction
at a comment between its lines; the tree-sitter grammar fails on `$((1<<2))`, `<<<` and a continued last line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from inspector.errors import BadDockerfile

HEREDOC_VERBS = frozenset({"ADD", "COPY", "RUN"})

BACKSLASH = "\\"
"""What a line ends in that goes on, where no directive says otherwise."""

_DIRECTIVE = re.compile(r"#\s*([A-Za-z][A-Za-z0-9]*)\s*=\s*(.+?)\s*").fullmatch
_HEREDOC = re.compile(r"\d*<<(-?)([^<]+)").fullmatch
_WORD = re.compile(r"""(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"?|'[^']*'?|\\)+""", re.DOTALL)


class Heredoc(Struct, frozen=True):
    """One here-document: its lines end with newlines; `chomp` (`<<-`) drops the tabs in front of them."""

    name: str
    content: str
    chomp: bool

    @property
    def chomped(self) -> str:
        return re.sub(r"^\t+", "", self.content, flags=re.MULTILINE) if self.chomp else self.content


class LogicalLine(Struct, frozen=True):
    """An instruction as it is written, on lines `first` to `last` (from 1, both included).

    `source` are these lines to the letter, `above` the comments and empty lines between it and the one before.
    """

    text: str
    first: int
    last: int
    heredocs: tuple[Heredoc, ...] = ()
    source: tuple[str, ...] = ()
    above: tuple[str, ...] = ()


def logical_lines(text: str, path: str) -> Iterator[LogicalLine]:
    """The instructions of a Dockerfile in order. Raises BadDockerfile."""
    lines = _split(text)
    continued = re.compile(rf"(?:^|(?<=[^{(escape := re.escape(escape_of(text, path)))}])){escape}[ \t]*$")
    number = written = 0
    while number < len(lines):
        joined, number = _join(lines, number, continued)
        if joined is None:
            continue
        heredocs = []
        for name, chomp in _announced(joined.text):
            content, number = _heredoc(lines, number, name, chomp, f"{path}:{joined.first}")
            heredocs.append(Heredoc(name, content, chomp))
        last = number if heredocs else joined.last
        source, above = lines[joined.first - 1 : last], lines[written : joined.first - 1]
        yield replace(joined, last=last, heredocs=tuple(heredocs), source=tuple(source), above=tuple(above))
        written = last


def words_of(text: str) -> list[str]:
    """Words as a shell would split them, quotes and escapes left in."""
    return _WORD.findall(text)


def exec_form(text: str) -> list[str] | None:
    """The words of `["a", "b"]`, None for anything else: a shell would run that."""
    if not text.startswith("["):
        return None
    try:
        words = json.loads(text)
    except ValueError:
        return None
    return words if isinstance(words, list) and all(isinstance(word, str) for word in words) else None


def escape_of(text: str, path: str) -> str:
    """The escape character, by the parser directives at the top: comments `key=value`. Raises BadDockerfile."""
    for number, line in enumerate(_split(text), 1):
        directive = _DIRECTIVE(line)
        if directive is None:
            break
        if directive[1].lower() == "escape":
            if directive[2] not in (BACKSLASH, "`"):
                raise BadDockerfile(f"{path}:{number}: {directive[2]} cannot be the escape character", "use \\ or `")
            return directive[2]
    return BACKSLASH


def _split(text: str) -> list[str]:
    return [line.removesuffix("\r") for line in text.removeprefix("\ufeff").split("\n")]


def _join(lines: list[str], number: int, continued: re.Pattern[str]) -> tuple[LogicalLine | None, int]:
    """The instruction that begins at or after this line, and the number of lines read; None when there is none.

    Comments and empty lines between continued lines belong to nothing, and do not end the instruction.
    """
    parts: list[str] = []
    first = last = number
    for index in range(number, len(lines)):
        line = lines[index]
        if _is_comment(line) or not line.strip():
            continue
        if not parts:
            first, line = index, line.lstrip()
        last = index
        parts.append(continued.sub("", line))
        if parts[-1] == line:
            return LogicalLine("".join(parts).strip(), first + 1, last + 1), index + 1
    text = "".join(parts).strip()
    return (LogicalLine(text, first + 1, last + 1) if text else None), len(lines)


def _announced(text: str) -> Iterator[tuple[str, bool]]:
    """Names of the here-documents that follow an instruction, and whether leading tabs are dropped."""
    verb, *rest = text.split(maxsplit=1)
    if verb.upper() == "ONBUILD" and rest:
        verb, *rest = rest[0].split(maxsplit=1)
    if verb.upper() not in HEREDOC_VERBS or "<<" not in text or exec_form("".join(rest)) is not None:
        return
    for word in words_of("".join(rest)):
        if heredoc := _HEREDOC(word):
            yield re.sub(r"[\"'\\]", "", heredoc[2]), bool(heredoc[1])


def _heredoc(lines: list[str], number: int, name: str, chomp: bool, where: str) -> tuple[str, int]:
    """The content up to the line that is the name alone, and the number of lines read."""
    for index in range(number, len(lines)):
        if (lines[index].lstrip("\t") if chomp else lines[index]) == name:
            return "".join(line + "\n" for line in lines[number:index]), index + 1
    raise BadDockerfile(f"{where}: the here-document {name} has no end", f"end it with a line that is {name} alone")


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")
