"""Compilers and build systems outside of all packages, known by files that only they have (toolchains.toml)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from inspector.filesystem.stack import VISIBLE, Filesystem
from inspector.findings.globs import expand, matcher
from inspector.layers.entries import Kind
from inspector.layers.scan import LayerScan


@dataclass(frozen=True, slots=True)
class ToolchainRule:
    """One table of toolchains.toml; its head explains the fields."""

    title: str
    marker: re.Pattern[str]
    depths: tuple[int, ...]
    elf: bool
    parts: re.Pattern[str]
    fix: str


@dataclass(frozen=True, slots=True)
class Toolchain:
    """One that is in the image: its home folder, and its visible files by entry id."""

    rule: ToolchainRule
    home: str
    entries: tuple[int, ...]


def find_toolchains(
    filesystem: Filesystem, scans: Sequence[LayerScan], owned: Collection[str]
) -> tuple[Toolchain, ...]:
    """The toolchains none of whose files a package owns; a file belongs to the first that claims it."""
    files = [
        (entry_id, path)
        for layer, entries in enumerate(filesystem.layers)
        for entry_id, path, kind in zip(
            range(filesystem.offsets[layer], filesystem.offsets[layer] + len(entries)),
            entries.paths,
            entries.kinds,
            strict=True,
        )
        if kind <= Kind.SYMLINK and filesystem.leavers[entry_id] == VISIBLE and path not in owned
    ]
    homes = list(_homes(filesystem, scans, files))
    if not homes:
        return ()
    claimed: dict[int, list[int]] = {}
    for entry_id, path in files:
        for number, (rule, home) in enumerate(homes):
            prefix = f"{home}/" if home else ""
            if path.startswith(prefix) and rule.parts.fullmatch(path, len(prefix)):
                claimed.setdefault(number, []).append(entry_id)
                break
    return tuple(
        Toolchain(*homes[number], tuple(entries)) for number, entries in sorted(claimed.items(), key=lambda item: item[0])
    )


def _homes(
    filesystem: Filesystem, scans: Sequence[LayerScan], files: Sequence[tuple[int, str]]
) -> Iterator[tuple[ToolchainRule, str]]:
    """The rules that a marker was found for, with the homes; in the order of the table."""
    any_marker = re.compile("|".join(f"(?:.*/)?(?:{rule.marker.pattern})" for rule in toolchain_rules()), re.DOTALL)
    marked = [(entry_id, path) for entry_id, path in files if any_marker.fullmatch(path)]
    for rule in toolchain_rules():
        found: dict[str, None] = {}
        for entry_id, path in marked:
            layer, row = filesystem.locate(filesystem.shares.get(entry_id, entry_id))
            if rule.elf and row not in scans[layer].facts.elf:
                continue
            for depth in rule.depths:
                home, inside = _split(path, depth)
                if rule.marker.fullmatch(inside):
                    found[home] = None
        yield from ((rule, home) for home in found)


def _split(path: str, depth: int) -> tuple[str, str]:
    """The path's folder `depth` levels up, and the rest below it."""
    parts = path.split("/")
    return "/".join(parts[:-depth]), "/".join(parts[-depth:])


@cache
def toolchain_rules() -> tuple[ToolchainRule, ...]:
    """The rules of toolchains.toml, in its order."""
    table = tomllib.loads(resources.files(__package__).joinpath("toolchains.toml").read_text(encoding="utf-8"))
    return tuple(
        ToolchainRule(
            title=fields["title"],
            marker=matcher(fields["markers"]),
            depths=tuple(sorted({path.count("/") + 1 for glob in fields["markers"] for path in expand(glob)})),
            elf=fields["elf"],
            parts=matcher(fields["parts"]),
            fix=fields["fix"],
        )
        for fields in table.values()
    )
