"""An option of an install command, written behind its words (`pip install`) wherever a RUN has them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from inspector.attribution.instructions import Instruction
from inspector.findings.lines import is_shown, lines_of
from inspector.findings.scripts import commands_in

OPAQUE = frozenset(("bash", "eval", "make", "sh", "source", "xargs"))
"""Commands that may start others which no line of the Dockerfile shows."""

OFFLINE = "--no-network"
"""With it apk downloads nothing that it could keep."""


def lacks_option(step: Instruction, behind: Sequence[str], option: str) -> bool:
    """Whether a RUN of the user's own has such a command without the option."""
    return step.verb == "RUN" and not step.from_base and not all(_has_option(step, behind, option))


def with_option(step: Instruction, behind: Sequence[str], option: str) -> list[str] | None:
    """The RUN's lines with the option in each such command that lacks it.

    None where its lines may have such commands in other words, or start them by what cannot be seen.
    """
    if not lacks_option(step, behind, option) or not (step.written or step.faithful) or not is_shown(step):
        return None
    if any(command[0] in OPAQUE or command[0].endswith(".sh") for command in commands_in(step)):
        return None
    if any(_is_said_otherwise(command, behind) for command in commands_in(step)):
        return None
    has, lines = list(_has_option(step, behind, option)), lines_of(step)
    words = re.compile(
        rf"(?<![\w.$/-])(?:[\w./-]+/)?(?:{'|'.join(map(_spaced, sorted(behind, key=len, reverse=True)))})(?![\w.-])"
    )
    found = [match for line in lines for match in words.finditer(line)]
    if len(found) != len(has) or any(line.lstrip().startswith("#") and words.search(line) for line in lines):
        return None
    there = iter(has)
    return [words.sub(lambda match: match[0] if next(there) else f"{match[0]} {option}", line) for line in lines]


def _spaced(words: str) -> str:
    return r"\s+".join(map(re.escape, words.split()))


def _is_said_otherwise(command: Sequence[str], behind: Sequence[str]) -> bool:
    """Whether other words stand between those of such a command: `pip --quiet install`."""
    said = [posixpath.basename(command[0]), *command[1:]]
    return not _is_one(said, behind) and any(
        said[0] == words.split()[0] and set(words.split()) <= set(said) for words in behind
    )


def _is_one(command: Sequence[str], behind: Sequence[str]) -> bool:
    return any(list(command[: words.count(" ") + 1]) == words.split() for words in behind)


def _has_option(step: Instruction, behind: Sequence[str], option: str) -> Iterator[bool]:
    """For each such command of a RUN whether it has the option."""
    for program, *rest in commands_in(step):
        command = [posixpath.basename(program), *rest]
        if _is_one(command, behind):
            yield option in command or OFFLINE in command
