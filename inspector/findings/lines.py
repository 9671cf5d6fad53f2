"""An instruction as lines of a Dockerfile: the user's own, to the letter, or made from the history."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable

from inspector.attribution.commands import command_lines, shell_words
from inspector.attribution.instructions import Instruction
from inspector.attribution.syntax import words_of

HAS_CHECKSUM = re.compile(r"(?:COPY|ADD) (?:--\S+ )*(?:[a-z]+:\S+|[0-9a-f]{64}) in ").match
"""What Docker's classic builder records in place of the sources: nothing that can be written again."""

HEAD = re.compile(r"\s*RUN(?:\s+|\s*\\$)", re.IGNORECASE)
"""How the first line of a RUN begins."""


def lines_of(step: Instruction) -> list[str]:
    """Those of the Dockerfile, else one command to a line; a line that goes on ends in a backslash."""
    if step.written is not None:
        return list(step.written.source)
    if not can_be_written(step):
        return [f"# here stays: {step.text}"]
    *front, last = command_lines(step.text)
    return [*(f"{line} \\" for line in front), last]


def can_be_written(step: Instruction) -> bool:
    """Whether its lines are an instruction that a builder would take."""
    return step.written is not None or not HAS_CHECKSUM(step.text)


def text_of(step: Instruction) -> str:
    """A RUN on one line, white space outside of quotes folded."""
    written = step.written
    return " ".join([written.verb, *words_of(written.text)]) if written else step.text


def is_shown(step: Instruction) -> bool:
    """Whether a line of a Dockerfile can hold it."""
    return all(line.replace("\t", " ").isprintable() for line in lines_of(step))


def is_plain(step: Instruction) -> bool:
    """Whether a RUN is a command line behind which `&& COMMAND` is run as the next command."""
    text = text_of(step)
    if step.written and (step.written.heredocs or not step.written.source or not HEAD.match(step.written.source[0])):
        return False
    if not step.written and not step.faithful:
        return False
    if step.written and step.written.flags and not all(flag in step.written.source[0] for flag in step.written.flags):
        return False
    return not text.startswith(("RUN [", "RUN |")) and "<<" not in text and is_closed(text)


def is_closed(text: str) -> bool:
    """Whether the line is whole commands, the last of them not in the background."""
    try:
        shlex.split(text)
    except ValueError:  # a quote without an end
        return False
    return not any(word.startswith("#") for word in words_of(text)) and not text.rstrip().endswith(
        ("\\", ";", "&", "|")
    )


def is_chain(text: str) -> bool:
    """Whether commands follow each other by `&&` alone, so that more of them may stand in front."""
    return not {";", "||", "&"} & set(shell_words(text))


def indents_of(lines: list[str]) -> Iterable[str]:
    """How the lines that go on are indented."""
    return (line[: len(line) - len(line.lstrip())] for line in lines[1:] if line[:1].isspace() and line.strip())
