"""The commands of a RUN: as people write them, one to a line, and as a shell reads them."""

from __future__ import annotations

import shlex

from inspector.attribution.syntax import words_of


def command_lines(text: str) -> list[str]:
    """A RUN with each of its commands on a line of its own, the later ones indented and led by `&&`.

    Quoted words stay whole; whatever is no RUN is one line as it is.
    """
    if not text.startswith("RUN "):
        return [text]
    lines, line = [], ""
    for word in words_of(text):
        if word == "&&" and line:
            lines.append(line)
            line = "    &&"
        else:
            line = f"{line} {word}" if line else word
    return [*lines, line]


def shell_words(text: str) -> list[str]:
    """Words without their quotes, and what stands between commands (`&&`, `;`, `(` …) as words of their own.

    Raises ValueError for a quote without an end.
    """
    reader = shlex.shlex(text, posix=True, punctuation_chars=";|&()")
    reader.whitespace_split, reader.commenters = True, ""
    return list(reader)
