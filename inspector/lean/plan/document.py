"""A Dockerfile as lines that can be replaced, one instruction at a time; all others stay as they are, to the letter."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import unified_diff

from msgspec import Struct

from inspector.attribution.placement import Placement
from inspector.attribution.syntax import BACKSLASH
from inspector.findings.lines import lines_of
from inspector.inspection import Inspection

CONTEXT = 3
"""Lines around a change, as git has them."""

RECONSTRUCTED = "# reconstructed from the image's history\n"
"""In front of a patch whose old lines nobody wrote."""


class Document(Struct, frozen=True):
    """`lines` are those of the file, with their ends; `places` says of each instruction of the image, by its index,
    which they are (first and last, from 1). Where no Dockerfile is known, one is `reconstructed` from the history.

    Only the instructions in `places` may be replaced: those of stages that no other stage needs.
    `openings` are the lines of the FROMs.
    """

    path: str
    lines: tuple[str, ...]
    places: Mapping[int, tuple[int, int]]
    openings: tuple[int, ...]
    reconstructed: bool

    @property
    def text(self) -> str:
        return "".join(self.lines)

    def may_be_one(self, indexes: Iterable[int]) -> bool:
        """Whether these instructions may be replaced, and are all of one stage."""
        wanted = list(indexes)
        if any(index not in self.places for index in wanted):
            return False
        stages = {sum(line <= self.places[index][0] for line in self.openings) for index in wanted}
        return len(stages) == 1


def document_of(inspection: Inspection) -> Document:
    """The Dockerfile that an image was built from, as far as it is known."""
    return _known(inspection, inspection.placement) if inspection.placement else _reconstructed(inspection)


def replaced(document: Document, lines_by_index: Mapping[int, Sequence[str]]) -> str:
    """The text with other lines (without ends) in place of these instructions."""
    lines = list(document.lines)
    for index in sorted(lines_by_index, key=lambda index: document.places[index], reverse=True):
        first, last = document.places[index]
        old, new = lines[first - 1 : last], lines_by_index[index]
        if list(new) != [line.rstrip("\r\n") for line in old]:
            lines[first - 1 : last] = _ended(new, old)
    return "".join(lines)


def patch_of(document: Document, text: str) -> str:
    """A unified diff that makes this text of the document, for `git apply`; empty where they are the same."""
    path = document.path if not posixpath.isabs(document.path) else posixpath.basename(document.path)
    told = "".join(map(_whole_line, unified_diff(document.lines, _lines(text), f"a/{path}", f"b/{path}", n=CONTEXT)))
    return RECONSTRUCTED + told if told and document.reconstructed else told


def _lines(text: str) -> tuple[str, ...]:
    """The lines with their ends, as git and the builders have them."""
    return tuple(re.findall(r"[^\n]*\n|[^\n]+", text))


def _whole_line(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _ended(new: Sequence[str], old: Sequence[str]) -> list[str]:
    """New lines that end as the old ones do."""
    end = "\r\n" if old[0].endswith("\r\n") else "\n"
    lines = [f"{line}{end}" for line in new]
    if lines and not old[-1].endswith("\n"):
        lines[-1] = lines[-1].removesuffix(end)
    return lines


def _known(inspection: Inspection, placement: Placement) -> Document:
    dockerfile = placement.dockerfile
    places = dict(_places(inspection, placement)) if dockerfile.escape == BACKSLASH else {}
    openings = tuple(stage.opening.first_line for stage in dockerfile.stages)
    return Document(dockerfile.path, _lines(dockerfile.text), places, openings, reconstructed=False)


def _places(inspection: Inspection, placement: Placement) -> Iterator[tuple[int, tuple[int, int]]]:
    """The lines of the image's instructions in stages that nothing else needs."""
    alone = [stage for stage in placement.stages if not placement.is_used_elsewhere(stage)]
    own = {written.first_line for stage in alone for written in stage.instructions}
    for step in inspection.instructions:
        if step.written is not None and step.written.first_line in own and step.written.source:
            yield step.index, (step.written.first_line, step.written.last_line)


def _reconstructed(inspection: Inspection) -> Document:
    base = inspection.base.name if inspection.base else None
    lines, places = [f"FROM {base}\n" if base else "# FROM the base image, whose name is unknown\n"], {}
    for step in inspection.instructions:
        if (
            step.from_base
            or step.verb in ("FROM", None)
            or (step.layer is not None and inspection.is_from_base(step.layer))
        ):
            continue
        own = lines_of(step)
        places[step.index] = (len(lines) + 1, len(lines) + len(own))
        lines += [f"{line}\n" for line in own]
    return Document("Dockerfile", tuple(lines), places, (1,), reconstructed=True)
