"""The commands of a RUN, one to a line, as people write them."""

from __future__ import annotations

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
