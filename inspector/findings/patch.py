"""Remedies as changes of a Dockerfile: its lines with `+` and `-`, where a remedy says exactly what to write.

Lines are the user's own, to the letter, where the Dockerfile is known; else they are made from the history. What is
added comes from the remedy's command alone, which holds no text of the image.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Sequence
from difflib import ndiff
from typing import Literal

from msgspec import Struct

from inspector.attribution.commands import command_lines, shell_words
from inspector.attribution.instructions import Instruction
from inspector.attribution.syntax import words_of
from inspector.findings.joining import is_anywhere, workdir_of
from inspector.findings.remedy import Remedy, RemedyKind

Sign = Literal["+", "-", " "]

SIGNS: dict[str, Sign] = {"+": "+", "-": "-", " ": " "}
"""What ndiff's lines begin with, but for its hints (`?`)."""

INDENT = "    "
"""In front of a line that goes on, where the Dockerfile has none to learn from."""

HAS_CHECKSUM = re.compile(r"(?:COPY|ADD) (?:--\S+ )*(?:[a-z]+:\S+|[0-9a-f]{64}) in ").match
"""What Docker's classic builder records in place of the sources: nothing that can be written again."""

_HEAD = re.compile(r"\s*RUN(?:\s+|\s*\\$)", re.IGNORECASE)
_CONTINUED = re.compile(r"\s*\\\s*$")
_ERREXIT = re.compile(r"\bset\s+(?:-o\s+errexit|-[a-z]*e)").search


class PatchLine(Struct, frozen=True):
    """One line; one that goes on ends in a backslash."""

    sign: Sign
    text: str


def patch(remedy: Remedy, instructions: Sequence[Instruction]) -> tuple[PatchLine, ...]:
    """The lines from the first instruction of the remedy to the last, with what is to be written in their place.

    Empty where only words tell what to do, or where an instruction cannot be taken apart for certain: exec form,
    here-documents, comments of a shell.
    """
    steps = [instructions[index] for index in remedy.instructions]
    if not steps or any(step.from_base or step.verb != "RUN" for step in steps):
        return ()
    if remedy.kind is RemedyKind.END_RUN_WITH and remedy.command:
        new = {step.index: one_run(instructions, [step], remedy.command) for step in steps}
    elif remedy.kind is RemedyKind.JOIN_RUNS and len(steps) > 1:
        new = {
            step.index: ([] if step is not steps[-1] else one_run(instructions, steps, remedy.command))
            for step in steps
        }
    else:
        return ()
    if any(lines is None for lines in new.values()):
        return ()
    region = instructions[steps[0].index : steps[-1].index + 1]
    if any(step.verb in ("FROM", "ONBUILD", None) or not is_shown(step) for step in region):
        return ()
    old_lines, new_lines = list[str](), list[str]()
    for step in region:
        above = step.written.above if step.written and step is not region[0] else ()
        old_lines += [*above, *lines_of(step)]
        lines = new.get(step.index)
        new_lines += [*above, *(lines_of(step) if lines is None else lines)]
    return tuple(_differences(old_lines, new_lines))


def new_text(lines: Iterable[PatchLine]) -> str:
    """What a person writes in place of the old lines."""
    return "\n".join(line.text for line in lines if line.sign != "-")


def _differences(old: Sequence[str], new: Sequence[str]) -> Iterable[PatchLine]:
    for line in ndiff(old, new, linejunk=None, charjunk=None):
        if sign := SIGNS.get(line[0]):
            yield PatchLine(sign, line[2:])


def one_run(instructions: Sequence[Instruction], runs: Sequence[Instruction], command: str) -> list[str] | None:
    """The lines of one RUN that does what these do, and the command in the end; None where that is not certain.

    `runs` stand for those of the same index among the `instructions`, which tell the folders they run in.
    """
    if len(runs) == 1 and (script := _script_ended(runs[0], command)):
        return script
    if not all(map(_is_plain, runs)):
        return None
    indent = next((found for run in runs for found in _indents(lines_of(run))), INDENT)
    lines: list[str] = []
    folder, strict = workdir_of(instructions, runs[-1].index), False
    for number, run in enumerate(runs):
        text = _text(run)
        part, own = lines_of(run), workdir_of(instructions, run.index)
        if number and _ERREXIT(text) and not strict:
            return None
        change = folder != own and not is_anywhere(run)
        whole = number > 0 and not strict and not _is_chain(text)
        if number and strict and not _is_chain(text) and not _ERREXIT(text):
            return None
        part = _bodied(run, part, first=number == 0, change=own if change else "", whole=whole)
        if number:
            lines[-1] += "; \\" if strict else " \\"
            part[0] = f"{indent}{'' if strict else '&& '}{part[0]}"
        lines += part
        strict = bool(_ERREXIT(text))
        folder = "" if re.search(r"\b(?:cd|pushd)\s", text) or change else folder
    if command:
        lines[-1] += "; \\" if strict else " \\"
        lines.append(f"{indent}{'' if strict else '&& '}{command}")
    return lines


def _bodied(run: Instruction, lines: Sequence[str], *, first: bool, change: str, whole: bool) -> list[str]:
    """A RUN's lines as a part of one: without the verb and its flags but in the first, in brackets where asked for."""
    body = list(lines)
    body[-1] = _CONTINUED.sub("", body[-1])
    if first and not change:
        return body
    flags = run.written.flags if run.written else ()
    head = f"RUN {' '.join([*flags, ''])}" if first else ""
    rest = _HEAD.sub("", body[0], count=1)
    for flag in flags:
        rest = rest.removeprefix(flag).lstrip()
    body[0] = head + (f"cd {shlex.quote(change)} && " if change else "") + ("( " if whole else "") + rest
    if whole:
        body[-1] += " )"
    return body


def _script_ended(run: Instruction, command: str) -> list[str] | None:
    """A RUN that is one here-document, with the command behind its last line; None for every other RUN."""
    written = run.written
    if written is None or len(written.heredocs) != 1 or len(words_of(written.text)) != 1:
        return None
    *above, last, end = written.source
    script = written.heredocs[0].content
    simple = len(above) > 1 or (above and script.count("\n") == 1)
    if script.startswith("#!") or not simple or not _ends_plainly(last):
        return None
    if _ERREXIT(script.partition("\n")[0]):
        return [*above, last, command, end]
    return [*above, f"{last} &&", command, end]


def _ends_plainly(line: str) -> bool:
    """Whether a script's last line is one whole command, behind which another may come."""
    word = line.split()[:1]
    return bool(word) and _is_closed(line) and word[0] not in ("done", "fi", "esac", "}", ")", "else", "then", "do")


def _is_plain(step: Instruction) -> bool:
    """Whether a RUN is a command line behind which `&& COMMAND` is run as the next command."""
    text = _text(step)
    if step.written and (step.written.heredocs or not step.written.source or not _HEAD.match(step.written.source[0])):
        return False
    if not step.written and not step.faithful:
        return False
    if step.written and step.written.flags and not all(flag in step.written.source[0] for flag in step.written.flags):
        return False
    return not text.startswith(("RUN [", "RUN |")) and "<<" not in text and _is_closed(text)


def _is_closed(text: str) -> bool:
    try:
        shlex.split(text)
    except ValueError:  # a quote without an end
        return False
    return not any(word.startswith("#") for word in words_of(text)) and not text.rstrip().endswith(
        ("\\", ";", "&", "|")
    )


def _is_chain(text: str) -> bool:
    """Whether commands follow each other by `&&` alone, so that more of them may stand in front."""
    return not {";", "||", "&"} & set(shell_words(text))


def _indents(lines: Sequence[str]) -> Iterable[str]:
    return (line[: len(line) - len(line.lstrip())] for line in lines[1:] if line[:1].isspace() and line.strip())


def is_shown(step: Instruction) -> bool:
    """Whether a line of a Dockerfile can hold it."""
    return all(line.replace("\t", " ").isprintable() for line in lines_of(step))


def lines_of(step: Instruction) -> list[str]:
    """The lines of an instruction: those of the Dockerfile, else one command to a line."""
    if step.written is not None:
        return list(step.written.source)
    if HAS_CHECKSUM(step.text):
        return [f"# here stays: {step.text}"]
    *front, last = command_lines(step.text)
    return [*(f"{line} \\" for line in front), last]


def _text(step: Instruction) -> str:
    """A RUN on one line, white space outside of quotes folded."""
    written = step.written
    return " ".join([written.verb, *words_of(written.text)]) if written else step.text
