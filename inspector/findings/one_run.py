"""One RUN in place of several: command lines joined by `&&`, here-documents put one behind the other."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence

from msgspec import Struct

from inspector.attribution.instructions import Instruction
from inspector.attribution.syntax import Heredoc, words_of
from inspector.findings.joining import is_anywhere
from inspector.findings.lines import HEAD, indents_of, is_chain, is_closed, is_plain, lines_of, text_of
from inspector.findings.scripts import workdir_of

INDENT = "    "
"""In front of a line that goes on, where the Dockerfile has none to learn from."""

AND = " && "
"""Between the commands of a remedy: each gets a line of its own."""

_CONTINUED = re.compile(r"\s*\\\s*$")
_ERREXIT = re.compile(r"\bset\s+(?:-o\s+errexit|-[a-z]*e)").search
_MERELY_ERREXIT = re.compile(r"\s*set\s+-(?:e|ex|xe)\s*").fullmatch
_MOVES = re.compile(r"\b(?:cd|pushd)\s").search


def one_run(instructions: Sequence[Instruction], runs: Sequence[Instruction], command: str) -> list[str] | None:
    """The lines of one RUN that does what these do, and the command in the end; None where that is not certain.

    `runs` stand for those of the same index among the `instructions`, which tell the folders they run in.
    """
    if any(run.written and run.written.heredocs for run in runs):
        return _one_script(instructions, runs, command)
    return _one_line(instructions, runs, command) if all(map(is_plain, runs)) else None


def _one_line(instructions: Sequence[Instruction], runs: Sequence[Instruction], command: str) -> list[str] | None:
    """Command lines joined by `&&`, or by `;` where they stop at the first error by themselves."""
    indent = next((found for run in runs for found in indents_of(lines_of(run))), INDENT)
    lines: list[str] = []
    folder, strict = workdir_of(instructions, runs[-1].index), False
    for number, run in enumerate(runs):
        text = text_of(run)
        part, own = lines_of(run), workdir_of(instructions, run.index)
        if number and _ERREXIT(text) and not strict:
            return None
        change = folder != own and not is_anywhere(run)
        whole = number > 0 and not strict and not is_chain(text)
        if number and strict and not is_chain(text) and not _ERREXIT(text):
            return None
        part = _bodied(run, part, first=number == 0, change=own if change else "", whole=whole)
        if number:
            lines[-1] += "; \\" if strict else " \\"
            part[0] = f"{indent}{'' if strict else '&& '}{part[0]}"
        lines += part
        strict = bool(_ERREXIT(text))
        folder = "" if _MOVES(text) or change else folder
    for each in command.split(AND) if command else ():
        lines[-1] += "; \\" if strict else " \\"
        lines.append(f"{indent}{'' if strict else '&& '}{each}")
    return lines


def _bodied(run: Instruction, lines: Sequence[str], *, first: bool, change: str, whole: bool) -> list[str]:
    """A RUN's lines as a part of one: without the verb and its flags but in the first, in brackets where asked for."""
    body = list(lines)
    body[-1] = _CONTINUED.sub("", body[-1])
    if first and not change:
        return body
    flags = run.written.flags if run.written else ()
    head = f"RUN {' '.join([*flags, ''])}" if first else ""
    rest = HEAD.sub("", body[0], count=1)
    for flag in flags:
        rest = rest.removeprefix(flag).lstrip()
    body[0] = head + (f"cd {shlex.quote(change)} && " if change else "") + ("( " if whole else "") + rest
    if whole:
        body[-1] += " )"
    return body


class _Script(Struct, frozen=True):
    """A RUN that is one here-document: the lines that open it, its own, and the one that ends it."""

    opening: tuple[str, ...]
    lines: tuple[str, ...]
    end: str
    heredoc: Heredoc

    @property
    def strict(self) -> bool:
        """Whether it stops at the first error by itself."""
        return bool(_ERREXIT(self.lines[0]))


def _script(run: Instruction) -> _Script | None:
    """None for every other RUN, and for one that another program than the shell reads."""
    written = run.written
    if written is None or len(written.heredocs) != 1 or len(words_of(written.text)) != 1:
        return None
    (heredoc,) = written.heredocs
    count = heredoc.content.count("\n")
    if not heredoc.content.strip() or heredoc.content.startswith("#!"):
        return None
    source = written.source
    return _Script(source[: -count - 1], source[-count - 1 : -1], source[-1], heredoc)


def _one_script(instructions: Sequence[Instruction], runs: Sequence[Instruction], command: str) -> list[str] | None:
    """One here-document of all: by `&&` at their ends, or one behind the other where all stop at the first error."""
    scripts = [_script(run) for run in runs]
    known = [script for script in scripts if script is not None]
    if not known or any(script is None and not is_plain(run) for script, run in zip(scripts, runs, strict=True)):
        return None
    opening, strict = known[0], scripts[0] if scripts[0] is not None and scripts[0].strict else None
    if any((each.heredoc.name, each.heredoc.chomp) != (opening.heredoc.name, opening.heredoc.chomp) for each in known):
        return None
    body: list[str] = []
    folder = workdir_of(instructions, runs[-1].index)
    for run, script in zip(runs, scripts, strict=True):
        own, last = workdir_of(instructions, run.index), run is runs[-1]
        ending = command if last else ""
        if strict:
            part = _under(strict, run, script)
        elif script is not None and len(runs) == 1 and _ends_plainly(script):
            part = [*script.lines[:-1], f"{script.lines[-1]} &&", command]
        else:
            part = _in_a_list(run, script, ending, last=last)
        if part is None or opening.heredoc.name in (line.strip() for line in part):
            return None
        change = folder != own and not is_anywhere(run)
        if change:
            body.append(f"cd {shlex.quote(own)}" + ("" if strict else " &&"))
        body += part if strict or last else [*part[:-1], f"{part[-1]} &&"]
        folder = "" if change or _MOVES("\n".join(part)) else folder
    return [*opening.opening, *body, *(command.split(AND) if command and strict else []), opening.end]


def _under(first: _Script, run: Instruction, script: _Script | None) -> list[str] | None:
    """A RUN's lines behind those of a script that stops at the first error, as all after it does then."""
    if script is not None:
        return list(script.lines) if script.strict and script.lines[0].strip() == first.lines[0].strip() else None
    lines = list(_shell_lines(run))
    return _bracketed(lines) if lines and _MERELY_ERREXIT(first.lines[0]) and not _ERREXIT(text_of(run)) else None


def _in_a_list(run: Instruction, script: _Script | None, command: str, *, last: bool) -> list[str] | None:
    """A RUN's lines as one of several commands between `&&`, or as the last of them with the command behind it."""
    if script is None:
        lines = list(_shell_lines(run))
        if not lines or _ERREXIT(text_of(run)):
            return None
        part = lines if is_chain(text_of(run)) else _bracketed(lines)
    elif script.strict:  # which means nothing in front of `&&`
        return ["(", *script.lines, *([command] if command else []), ")"] if last else None
    else:
        part = ["(", *script.lines, ")"]
    return [*part[:-1], f"{part[-1]} &&", command] if command else part


def _bracketed(lines: Sequence[str]) -> list[str]:
    return [f"( {lines[0]}", *lines[1:-1], f"{lines[-1]} )"] if len(lines) > 1 else [f"( {lines[0]} )"]


def _shell_lines(run: Instruction) -> Iterator[str]:
    """A RUN's command line as a shell reads it from a script; nothing where comments are between its lines."""
    lines = _bodied(run, lines_of(run), first=False, change="", whole=False)
    if not any(not line.strip() or line.lstrip().startswith("#") for line in lines):
        yield from (re.sub(r"\\[ \t]+$", r"\\", line) for line in lines)


def _ends_plainly(script: _Script) -> bool:
    """Whether a script's last line is one whole command, behind which another may come."""
    *_, line = script.lines
    word = line.split()[:1]
    closed = bool(word) and is_closed(line) and "<<" not in script.heredoc.content
    return closed and word[0] not in ("done", "fi", "esac", "}", ")", "else", "then", "do")
