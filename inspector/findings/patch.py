"""Remedies as changes of a Dockerfile: its instructions with `+` and `-`, where a remedy says exactly what to write.

The instructions are those of the Dockerfile where it is known, else those of the history. What is added to them comes
from the remedy's command alone, which holds no text of the image.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct

from inspector.attribution.commands import command_lines
from inspector.attribution.instructions import Instruction
from inspector.attribution.syntax import words_of
from inspector.findings.remedy import Remedy, RemedyKind

Sign = Literal["+", "-", " "]

_CHECKSUM = re.compile(r"(?:COPY|ADD) (?:--\S+ )*(?:[a-z]+:\S+|[0-9a-f]{64}) in ").match
"""What Docker's classic builder records in place of the sources: nothing that can be written again."""


class PatchLine(Struct, frozen=True):
    """One line; a RUN that goes on ends in a backslash."""

    sign: Sign
    text: str


def patch(remedy: Remedy, instructions: Sequence[Instruction]) -> tuple[PatchLine, ...]:
    """The lines to write in place of the instructions; empty where only words tell what to do.

    That is also where the instruction cannot be taken apart for certain: exec form, here-documents, comments.
    """
    steps = [instructions[index] for index in remedy.instructions]
    if any(step.from_base for step in steps):
        return ()
    if remedy.kind is RemedyKind.END_RUN_WITH and remedy.command and len(steps) == 1:
        return _ended(steps[0], remedy.command)
    if remedy.kind is RemedyKind.JOIN_RUNS and len(steps) == 2:
        return _joined(instructions[steps[0].index : steps[1].index + 1])
    return ()


def new_text(lines: Iterable[PatchLine]) -> str:
    """What a person writes in place of the old lines."""
    return "\n".join(line.text for line in lines if line.sign != "-")


def _ended(step: Instruction, command: str) -> tuple[PatchLine, ...]:
    """The RUN with one more command at its end."""
    text = _extensible(step)
    if text is None:
        return ()
    return _signed([(" ", line) for line in command_lines(text)] + [("+", f"    && {command}")])


def _joined(steps: Sequence[Instruction]) -> tuple[PatchLine, ...]:
    """RUNs made one; files that are copied in between come before it.

    Empty where other instructions stand between, which would mean something else then.
    """
    texts = [_extensible(step) if step.verb == "RUN" else _copied(step) for step in steps]
    known = [text for text in texts if text is not None]
    runs = [text for text in known if text.startswith("RUN ")]
    if len(known) < len(steps) or steps[0].verb != "RUN" or any(text.startswith("RUN --") for text in runs[1:]):
        return ()
    joined: list[tuple[Sign, str]] = [(" ", line) for line in command_lines(runs[0])]
    for text in runs[1:]:
        first, *more = command_lines(text)
        joined += [("+", f"    && {first.removeprefix('RUN ')}"), *(("+", line) for line in more)]
    copies = [PatchLine("+", text) for text in known if not text.startswith("RUN ")]
    removed = [line for text in known[1:] for line in _signed([("-", line) for line in command_lines(text)])]
    return (*copies, *_signed(joined), *removed)


def _signed(lines: Sequence[tuple[Sign, str]]) -> tuple[PatchLine, ...]:
    """The lines of one instruction, all but the last of which go on."""
    *first, last = lines
    return (*(PatchLine(sign, f"{text} \\") for sign, text in first), PatchLine(*last))


def _extensible(step: Instruction) -> str | None:
    """A RUN's text, None where `&& COMMAND` behind it would not be run, or not as the next command."""
    text = _text(step)
    if text is None or step.verb != "RUN" or text.startswith(("RUN [", "RUN |")) or "<<" in text:
        return None
    try:
        shlex.split(text)
    except ValueError:  # a quote without an end
        return None
    if any(word.startswith("#") for word in words_of(text)) or text.endswith(("\\", ";", "&", "|")):
        return None
    return text


def _copied(step: Instruction) -> str | None:
    """A COPY or ADD that can be written again as it stands; None for every other instruction."""
    text = _text(step)
    if text is None or step.verb not in ("COPY", "ADD") or _CHECKSUM(text) or "<<" in text:
        return None
    return text


def _text(step: Instruction) -> str | None:
    """On one line, white space outside of quotes folded; None where it has characters that no line should have."""
    written = step.written
    words = words_of(written.text) if written else []
    text = " ".join([written.verb, *written.flags, *words]) if written else step.text
    return text if text.isprintable() else None
