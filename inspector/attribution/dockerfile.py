"""A Dockerfile: its stages and their instructions, each with its lines (docs.docker.com/reference/dockerfile)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from inspector.attribution.created_by import VERBS
from inspector.attribution.syntax import BACKSLASH, Heredoc, LogicalLine, escape_of, logical_lines, words_of
from inspector.errors import BadDockerfile

SCRATCH = "scratch"
"""The image that is no image: a stage on it begins with nothing."""

_FLAGGED = frozenset({"ADD", "COPY", "FROM", "HEALTHCHECK", "RUN"})
_VARIABLE = re.compile(r"\$(?:(?P<name>\w+)|\{(?P<braced>\w+)(?::?(?P<how>[-+])(?P<word>[^}]*))?\})")


class DockerfileInstruction(Struct, frozen=True):
    """`text` is what follows the verb and its `--flags`, continued lines joined. Lines count from 1.

    `source` are its lines to the letter, `above` the comments and empty lines between it and the one before.
    """

    verb: str
    flags: tuple[str, ...]
    text: str
    first_line: int
    last_line: int
    heredocs: tuple[Heredoc, ...] = ()
    source: tuple[str, ...] = ()
    above: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " ".join([self.verb, *self.flags, *self.text.split()])


class Stage(Struct, frozen=True):
    """`base` is what FROM names, variables filled in; `base_is_certain` when there were none, or all are known.
    `opening` is the FROM itself."""

    name: str | None
    base: str
    base_is_certain: bool
    instructions: tuple[DockerfileInstruction, ...]
    opening: DockerfileInstruction


class Dockerfile(Struct, frozen=True):
    """The stages in their order; `path` is what the user calls the file, `text` all that is in it.

    Lines that end in the `escape` character go on.
    """

    path: str
    stages: tuple[Stage, ...]
    text: str = ""
    escape: str = BACKSLASH

    def stage(self, target: str | None) -> Stage | None:
        """The stage with this name or number, the last one for None."""
        if target is None:
            return self.stages[-1]
        named = [stage for stage in self.stages if (stage.name or "").lower() == target.lower()]
        numbered = (stage for number, stage in enumerate(self.stages) if str(number) == target)
        return named[0] if named else next(numbered, None)

    def parent(self, stage: Stage) -> Stage | None:
        """The earlier stage that this one is FROM, None where it is an image."""
        earlier = self.stages[: self.stages.index(stage)]
        return next((other for other in reversed(earlier) if (other.name or "").lower() == stage.base.lower()), None)


def parse_dockerfile(text: str, path: str, arguments: Mapping[str, str] | None = None) -> Dockerfile:
    """`arguments` are those of the build (--build-arg), which go before defaults; None where they are not known.

    Raises BadDockerfile, naming path:line, for what no builder would accept.
    """
    stages: list[tuple[Stage, list[DockerfileInstruction]]] = []
    values: dict[str, str] = {}
    for instruction in _instructions(text, path):
        if instruction.verb == "FROM":
            stages.append((_stage(instruction, values, path, is_built_so=arguments is not None), []))
        elif stages:
            stages[-1][1].append(instruction)
        elif instruction.verb == "ARG":
            values |= _values(instruction.text, arguments or {})
        else:
            raise BadDockerfile(f"{path}:{instruction.first_line}: {instruction.verb} before FROM")
    if not stages:
        raise BadDockerfile(f"{path}:1: no FROM in it", "a Dockerfile names the image it builds upon")
    return Dockerfile(
        path, tuple(replace(stage, instructions=tuple(each)) for stage, each in stages), text, escape_of(text, path)
    )


def parse_instruction(line: LogicalLine, path: str) -> DockerfileInstruction:
    """One instruction. Raises BadDockerfile for an unknown one, or one without arguments."""
    verb, *rest = line.text.split(maxsplit=1)
    text = rest[0].strip() if rest else ""
    if verb.upper() not in VERBS:
        raise BadDockerfile(f"{path}:{line.first}: unknown instruction {verb}", "is it a Dockerfile?")
    if not text:
        raise BadDockerfile(f"{path}:{line.first}: {verb.upper()} without arguments")
    flags, text = _flags(text) if verb.upper() in _FLAGGED else ((), text)
    return DockerfileInstruction(
        verb.upper(), flags, text, line.first, line.last, line.heredocs, line.source, line.above
    )


def trigger(instruction: DockerfileInstruction, path: str) -> DockerfileInstruction:
    """What an ONBUILD runs in the next build, on its lines."""
    line = LogicalLine(instruction.text, instruction.first_line, instruction.last_line, instruction.heredocs)
    return parse_instruction(line, path)


def _instructions(text: str, path: str) -> Iterator[DockerfileInstruction]:
    for line in logical_lines(text, path):
        instruction = parse_instruction(line, path)
        if instruction.verb == "ONBUILD":
            trigger(instruction, path)  # refuses what could not be run
        yield instruction


def _flags(text: str) -> tuple[tuple[str, ...], str]:
    """`--name[=value]` words in front, and the rest."""
    flags = []
    while text.startswith("--"):
        flag = words_of(text)[0]
        flags.append(flag)
        text = text[len(flag) :].lstrip()
    return tuple(flags), text


def _stage(instruction: DockerfileInstruction, values: Mapping[str, str], path: str, *, is_built_so: bool) -> Stage:
    """`is_built_so`: the build had these values, and no others."""
    words = instruction.text.split()
    if len(words) not in (1, 3) or (len(words) == 3 and words[1].upper() != "AS"):
        raise BadDockerfile(
            f"{path}:{instruction.first_line}: {instruction}", "write FROM image, or FROM image AS name"
        )
    base = _expand(words[0].strip("\"'"), values)
    named = {match["name"] or match["braced"] for match in _VARIABLE.finditer(words[0])}
    is_certain = "$" not in words[0] or (is_built_so and named <= values.keys())
    return Stage(words[2] if len(words) == 3 else None, base, is_certain, (), instruction)


def _values(text: str, arguments: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What an ARG before all stages sets: what the build was given, else the default."""
    for word in words_of(text):
        name, assigned, value = word.partition("=")
        if name in arguments:
            yield name, arguments[name]
        elif assigned:
            yield name, value.strip("\"'")


def _expand(text: str, values: Mapping[str, str]) -> str:
    """Variables filled in: `$V`, `${V}`, `${V:-word}`, `${V:+word}`."""

    def value(match: re.Match[str]) -> str:
        known = values.get(match["name"] or match["braced"], "")
        if match["how"] == "-":
            return known or match["word"]
        if match["how"] == "+":
            return match["word"] if known else ""
        return known

    return _VARIABLE.sub(value, text)
