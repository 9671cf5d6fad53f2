"""What a RUN runs: its script, the commands in that, and the folder and the user it runs in."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from inspector.attribution.commands import shell_words
from inspector.attribution.instructions import Instruction

_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=").match
_SEPARATORS = frozenset(("&&", "||", ";", "|", "&", "(", ")", "{", "}", "!", "then", "do", "else"))


def user_of(instructions: Sequence[Instruction], index: int) -> str:
    """The user that an instruction runs as, by the USERs before it."""
    names = [step.text.removeprefix("USER ").strip("\"'") for step in instructions[:index] if step.verb == "USER"]
    return "root" if not names or names[-1] in ("0", "0:0", "root:root") else names[-1]


def workdir_of(instructions: Sequence[Instruction], index: int) -> str:
    """The folder in which an instruction runs, by the WORKDIRs before it."""
    folder = "/"
    for step in instructions[:index]:
        if step.verb == "WORKDIR":
            folder = posixpath.normpath(posixpath.join(folder, step.text.removeprefix("WORKDIR ").strip("\"'")))
    return folder


def end_of(instructions: Sequence[Instruction], index: int) -> str | None:
    """The folder in which a RUN's last command runs; None where the RUN goes to another one."""
    moves = any(command[0] in ("cd", "pushd") for command in commands_in(instructions[index]))
    return None if moves else workdir_of(instructions, index)


def script_of(step: Instruction) -> str:
    """What a RUN runs: its text with its here-documents."""
    if step.written is None:
        return step.text.removeprefix("RUN ")
    return "\n".join([step.written.text, *(heredoc.content for heredoc in step.written.heredocs)])


def commands_in(step: Instruction) -> list[list[str]]:
    """The words of each command of a RUN, assignments in front left out."""
    return list(_commands(script_of(step)))


def _commands(script: str) -> Iterator[list[str]]:
    """The words of each command, assignments in front left out."""
    try:
        words = shell_words(script.replace("\n", " ; "))
    except ValueError:  # a quote without an end
        words = ["?", script]
    command: list[str] = []
    for word in [*words, ";"]:
        if word in _SEPARATORS or set(word) <= set(";&|()"):
            if command:
                yield command
            command = []
        elif command or not _ASSIGNMENT(word):
            command.append(word)
