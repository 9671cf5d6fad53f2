"""Compilers and build systems outside of all packages, known by files that only they have (toolchains.toml)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from importlib import resources

from msgspec import Struct

from inspector.filesystem.stack import VISIBLE, Filesystem
from inspector.findings.remedy import RemedyKind
from inspector.globs import expand, matcher
from inspector.layers.entries import Kind
from inspector.layers.scan import LayerScan


class ToolchainRule(Struct, frozen=True):
    """One table of toolchains.toml; its head explains the fields."""

    order: int
    title: str
    marker: re.Pattern[str]
    depths: tuple[int, ...]
    """How many folders deep the markers may lie in the home, plus one."""
    endings: tuple[str, ...]
    """What the markers' names end with: `.jar`."""
    elf: bool
    parts: re.Pattern[str]
    remedy: RemedyKind
    command: str
    advice: str


class Toolchain(Struct, frozen=True):
    """One that is in the image: its home folder, and its visible files by entry id."""

    rule: ToolchainRule
    home: str
    entries: tuple[int, ...]


def find_toolchains(
    filesystem: Filesystem, scans: Sequence[LayerScan], owned: Collection[str]
) -> tuple[Toolchain, ...]:
    """The toolchains none of whose files a package owns; a file belongs to the first that claims it."""
    homes = _homes(filesystem, scans, owned)
    if not homes:
        return ()
    claimed: list[list[int]] = [[] for _ in homes]
    for entry_id, path in _unowned(filesystem, owned):
        for (rule, home), entries in zip(homes, claimed, strict=True):
            if path.startswith(home) and rule.parts.fullmatch(path, len(home)):
                entries.append(entry_id)
                break
    found = zip(homes, claimed, strict=True)
    return tuple(Toolchain(rule, home.rstrip("/"), tuple(entries)) for (rule, home), entries in found if entries)


def _homes(
    filesystem: Filesystem, scans: Sequence[LayerScan], owned: Collection[str]
) -> list[tuple[ToolchainRule, str]]:
    """The rules with a marker in the image, and the homes, ending with a slash or empty; in the table's order."""
    programs = [
        (scan.entries.paths[row], True)
        for scan, start in zip(scans, filesystem.offsets, strict=True)
        for row in scan.facts.elf
        if filesystem.leavers[start + row] == VISIBLE and scan.entries.paths[row] not in owned
    ]
    endings = tuple({ending for rule in toolchain_rules() if not rule.elf for ending in rule.endings})
    others = [(path, False) for _, path in _unowned(filesystem, owned, endings)]
    found = {
        (rule.order, home): rule
        for path, elf in (*programs, *others)
        for rule in toolchain_rules()
        if rule.elf == elf
        for home in _homes_by(rule, path)
    }
    return [(rule, home) for (_, home), rule in sorted(found.items(), key=lambda item: item[0])]


def _homes_by(rule: ToolchainRule, path: str) -> Iterator[str]:
    """Where a tool lives if the file at `path` is its marker."""
    for depth in rule.depths:
        parts = path.rsplit("/", depth)
        inside = path[len(parts[0]) + 1 :] if len(parts) > depth else path
        if rule.marker.fullmatch(inside):
            yield f"{parts[0]}/" if len(parts) > depth else ""


def _unowned(
    filesystem: Filesystem, owned: Collection[str], endings: tuple[str, ...] = ("",)
) -> Iterator[tuple[int, str]]:
    """The visible files and symlinks of no package whose names end like this."""
    for layer, entries in enumerate(filesystem.layers):
        start, kinds = filesystem.offsets[layer], entries.kinds
        for row, path in enumerate(entries.paths):
            if (
                path.endswith(endings)
                and kinds[row] <= Kind.SYMLINK
                and filesystem.leavers[start + row] == VISIBLE
                and path not in owned
            ):
                yield start + row, path


@cache
def toolchain_rules() -> tuple[ToolchainRule, ...]:
    """The rules of toolchains.toml, in its order."""
    table = tomllib.loads(resources.files(__package__).joinpath("toolchains.toml").read_text(encoding="utf-8"))
    return tuple(
        ToolchainRule(
            order=order,
            title=fields["title"],
            marker=matcher(fields["markers"]),
            depths=tuple(sorted({path.count("/") + 1 for glob in fields["markers"] for path in expand(glob)})),
            endings=tuple({glob[glob.rfind(".") :] for glob in fields["markers"]}),
            elf=fields["elf"],
            parts=matcher(fields["parts"]),
            remedy=RemedyKind(fields["remedy"]),
            command=fields.get("command", ""),
            advice=fields.get("advice", ""),
        )
        for order, fields in enumerate(table.values())
    )
