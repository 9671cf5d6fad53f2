"""What the screen says about the image as a whole: what it is, how it runs, and its layers' digests, in full."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from inspector.image.masking import masked
from inspector.inspection import Inspection
from inspector.safe_names import printable
from inspector.sizes import human
from inspector.tui.instruction_words import brief_instruction, place
from inspector.tui.widgets.cells import cut
from inspector.tui.words import os_name

APART = frozenset(("Entrypoint", "Cmd", "Shell", "WorkingDir", "Healthcheck", "OnBuild", "User"))
"""Settings that are told by names of their own, or as more than one line."""

BRIEF = 60
"""Cells of a layer's instruction; its details have it in full."""


class Fact(Struct, frozen=True):
    """A label and its value, which may be copied; with no value a heading."""

    label: str
    value: str = ""


def image_facts(inspection: Inspection) -> Iterator[Fact]:
    """All about the image, section by section; secrets are masked."""
    yield from _section("Image", _identity(inspection))
    run = inspection.image.config.run
    yield from _section("Runs", _running(inspection))
    yield from _section("Environment", _masked(dict(run.environment)))
    yield from _section("Labels", _masked(run.labels))
    yield from _section("Annotations", _masked(inspection.image.annotations))
    for layer in inspection.image.layers:
        size, brief = human(inspection.totals_of(layer.index).size_bytes), brief_instruction(inspection, layer.index)
        yield Fact(f"{_first_capital(place(inspection, layer.index))} · {size} · {cut(brief, BRIEF)}")
        yield from _told([("diff id", layer.diff_id), ("digest", layer.digest)])


def _identity(inspection: Inspection) -> Iterator[tuple[str, str | None]]:
    image, ledger = inspection.image, inspection.filesystem.ledger
    compressed = image.compressed_bytes
    yield "name", image.reference
    yield "from", image.source
    yield "id", image.id
    yield "digest", image.digest
    yield "platform", str(image.config.platform or "unknown")
    yield "system", os_name(inspection)
    yield "created", image.config.created
    yield "size", f"{human(ledger.total_bytes)}, {human(ledger.live_bytes)} live"
    yield "compressed", None if compressed is None else human(compressed)
    if inspection.base is not None:
        yield "base", inspection.base.name or "unknown name"
        yield "base digest", inspection.base.digest


def _running(inspection: Inspection) -> Iterator[tuple[str, str | None]]:
    run = inspection.image.config.run
    yield "user", run.settings.get("User") or "root (none is set)"
    yield "entry point", _words(run.entrypoint)
    yield "command", _words(run.command)
    yield "folder", run.working_folder
    yield "shell", _words(run.shell)
    yield "health", _words(run.health)
    yield "ports", ", ".join(run.ports)
    yield "volumes", ", ".join(run.volumes)
    for trigger in run.triggers:
        yield "on build", trigger
    for name, value in run.settings.items():
        if name not in APART:
            yield name, masked(name, value)


def _masked(settings: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Variables or labels by their names; an empty value is one too."""
    return ((name, masked(name, settings[name]) or '""') for name in sorted(settings))


def _section(heading: str, facts: Iterator[tuple[str, str | None]]) -> Iterator[Fact]:
    """A heading, and what is below it; nothing where there is nothing."""
    told = list(_told(facts))
    if told:
        yield Fact(heading)
        yield from told


def _told(facts: Iterator[tuple[str, str | None]] | Sequence[tuple[str, str | None]]) -> Iterator[Fact]:
    return (Fact(printable(label), printable(value)) for label, value in facts if value)


def _words(words: Sequence[str]) -> str:
    """In the exec form, as a Dockerfile has it."""
    return masked("", json.dumps(words, ensure_ascii=False)) if words else ""


def _first_capital(text: str) -> str:
    return text[:1].upper() + text[1:]
