"""Whether an entry of the history is what a builder records for an instruction of a Dockerfile.

Docker's classic builder, BuildKit and buildah each write their own words: quotes are lost, variables are filled in
(never in RUN, CMD and ENTRYPOINT), sources of COPY become a checksum, shells and build arguments come in front.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator

from inspector.attribution.created_by import parse_created_by
from inspector.attribution.dockerfile import DockerfileInstruction
from inspector.attribution.instructions import Instruction
from inspector.attribution.syntax import exec_form, words_of

SHELLS = ("/bin/sh -c", "cmd /S /C")
"""What runs a command in shell form where no SHELL says otherwise."""

_VARIABLE = re.compile(r"(?<!\\)\$(?:\{[^{}]*(?:\{[^{}]*\}[^{}]*)?\}|\w+)")
_CHECKSUM = re.compile(r"(?:(?:file|dir|multi|https?|tarsum\S*):\S+|[0-9a-f]{64}) in (?P<target>.+)$")
_FLAGS = re.compile(r"(?:--\S+ )+")
_PORTS = re.compile(r"([0-9]+)(?:-([0-9]+))?")

MAX_PORT = 65535


def made_by(step: Instruction, written: DockerfileInstruction, shells: Collection[str]) -> bool:
    """Whether `step` records `written`; `shells` are those that SHELL names in the Dockerfile or the image."""
    if written.verb == "RUN":
        return _is_run(step, written, shells)
    if step.verb != written.verb:
        return False
    said = step.text.removeprefix(written.verb).strip()
    if written.verb in ("CMD", "ENTRYPOINT"):
        return _is_command(said, written.text, shells)
    return _CHECKS.get(written.verb, _says_the_same)(said, written)


def _is_run(step: Instruction, written: DockerfileInstruction, shells: Collection[str]) -> bool:
    if step.verb not in ("RUN", None):
        return False
    said = step.text.removeprefix("RUN ")
    for command in _commands(written):
        for run in (command, *(f"{shell} {command}" for shell in shells)):
            if said == run or (said.startswith("|") and said.endswith(f" {run}")):
                return True
    return False


def _commands(written: DockerfileInstruction) -> Iterator[str]:
    """What is run: a shell's command line, the words of the exec form, or here-documents as BuildKit passes them on."""
    if written.heredocs:
        only = written.heredocs[0]
        if len(words_of(written.text)) == 1:
            # with `#!` in its first line it becomes a file, which is run
            yield f"/dev/pipes/{only.name}" if only.content.startswith("#!") else _fold(only.chomped)
            return
        yield _fold(written.text + "".join(f"\n{heredoc.content}{heredoc.name}" for heredoc in written.heredocs))
        return
    yield _fold(written.text)
    if (words := exec_form(written.text)) is not None:
        yield _fold(" ".join(words))
        yield parse_created_by("RUN " + " ".join(words))[1].removeprefix("RUN ")


def _is_command(said: str, text: str, shells: Collection[str]) -> bool:
    """`CMD ["a" "b"]` for the exec form, `CMD ["/bin/sh" "-c" "a b"]` for a shell's; nothing is filled in."""
    fronts = [""] if exec_form(text) is not None else ["", *map(_letters, (*SHELLS, *shells))]
    return any(_letters(said) == front + _letters(text) for front in fronts)


def _is_arg(said: str, written: DockerfileInstruction) -> bool:
    """By name: the value may come from outside, and a builder may record some names only."""
    names = ({word.partition("=")[0] for word in text.split()} for text in (said, written.text))
    return not set.isdisjoint(*names)


def _is_copy(said: str, written: DockerfileInstruction) -> bool:
    """By its target where sources became a checksum, else by sources and target."""
    words = exec_form(written.text) or words_of(written.text)
    if checksum := _CHECKSUM.search(said):
        target, wanted = (_plain(_bare_path(path)) for path in (checksum["target"], words[-1]))
        first, *rest = _VARIABLE.split(wanted)
        return (
            _fits(target, [first, *rest])
            or (target.startswith("/") and not wanted)
            or (target.startswith("/") and _fits(target, ["", f"/{first}", *rest]))
        )
    text = _FLAGS.sub("", said, count=1) if said.startswith("--") else said
    return _fits(_plain(text), map(_plain, _VARIABLE.split(" ".join(words))))


def _is_workdir(said: str, written: DockerfileInstruction) -> bool:
    """Builders resolve a relative one against the one before."""
    before = [] if written.text.startswith(("/", "$")) else [""]
    return _fits(_letters(said), [*before, *map(_letters, _VARIABLE.split(written.text))])


def _is_expose(said: str, written: DockerfileInstruction) -> bool:
    """BuildKit records a Go map, sorted and with ranges as single ports."""
    return "$" in written.text or _ports(said) == _ports(written.text)


def _is_healthcheck(said: str, written: DockerfileInstruction) -> bool:
    """A Go struct with the command in it."""
    return _letters(re.sub(r"^CMD\s+", "", written.text, flags=re.IGNORECASE)) in _letters(said)


def _says_the_same(said: str, written: DockerfileInstruction) -> bool:
    """The same letters in the same order, whatever a variable may have been."""
    return _fits(_letters(said), map(_letters, _VARIABLE.split(written.text)))


_CHECKS: dict[str, Callable[[str, DockerfileInstruction], bool]] = {
    "ADD": _is_copy,
    "ARG": _is_arg,
    "COPY": _is_copy,
    "EXPOSE": _is_expose,
    "HEALTHCHECK": _is_healthcheck,
    "WORKDIR": _is_workdir,
}


def _fits(said: str, parts: Iterable[str]) -> bool:
    """Whether these parts are all of it in order, with anything in between: what variables were, or their names.

    In linear time, which a regular expression of many `.*` would not be.
    """
    first, *rest = parts
    if not rest:
        return said == first
    if not said.startswith(first):
        return False
    end = len(first)
    for part in rest[:-1]:
        start = said.find(part, end)
        if start < 0:
            return False
        end = start + len(part)
    return said.endswith(rest[-1]) and len(said) - len(rest[-1]) >= end


def _letters(text: str) -> str:
    """Without all that quoting, escaping and Go's formatting change."""
    return re.sub(r"\W+", "", text)


def _plain(text: str) -> str:
    return re.sub(r"[\"'\\`]|(?<=<<)-", "", _fold(text))


def _bare_path(path: str) -> str:
    return re.sub(r"^(?:\./|\.$)|(?<=.)/$", "", path.strip().strip("\"'"))


def _ports(text: str) -> list[tuple[int, int]]:
    """The ports as ranges (first, last) in order, none of which touch: one spelling for all that mean the same."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted((_port(first), _port(last or first)) for first, last in _PORTS.findall(text)):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = merged[-1][0], max(merged[-1][1], last)
        elif first <= last:
            merged.append((first, last))
    return merged


def _port(digits: str) -> int:
    """Numbers beyond the last port count as it, however many digits they have."""
    return min(int(digits.lstrip("0")[:6] or 0), MAX_PORT)


def _fold(text: str) -> str:
    return " ".join(text.split())
