"""The table of waste known by where it lies (patterns.toml), ready to be asked about a million paths."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any

from msgspec import Struct

from inspector.findings.globs import expand, matcher


class PatternRule(Struct, frozen=True):
    """One rule of the table; `order` is its place in it. The fields are explained at the head of patterns.toml."""

    id: str
    order: int
    title: str
    paths: tuple[str, ...]
    excepted: re.Pattern[str]
    unowned: bool
    trade_off: bool
    minimum: int
    elf_core: bool
    fix: str
    see: tuple[str, ...]


class PatternTable:
    """Tells which rule a path belongs to, for one image: what it learns about a folder it remembers.

    Most rules name whole folders; those are asked once per folder. The others are asked only about names that fit the
    last part of one of their globs.
    """

    def __init__(self) -> None:
        self._compiled = _compiled()
        self._known: dict[str, tuple[PatternRule, ...]] = {}

    def rule_for(self, path: str, *, owned: bool, core: bool) -> PatternRule | None:
        """The first rule of the table that names the path.

        `owned` tells whether a package owns the file, `core` whether its content is a core dump.
        """
        folder, _, name = path.rpartition("/")
        candidates = self._known.get(folder)
        if candidates is None:
            candidates = self._known[folder] = self._rules_of_folder(folder)
        if self._compiled.may_fit(name):
            named = [rule for rule, fits in self._compiled.files if fits.fullmatch(path)]
            candidates = tuple(sorted({*candidates, *named}, key=lambda rule: rule.order))
        for rule in candidates:
            if not (rule.unowned and owned) and (core or not rule.elf_core) and not rule.excepted.fullmatch(path):
                return rule
        return None

    def _rules_of_folder(self, folder: str) -> tuple[PatternRule, ...]:
        below, folders = f"{folder}/x", self._compiled.folders
        found = {
            rule for part in {ANY, *folder.split("/")} for rule, fits in folders.get(part, ()) if fits.fullmatch(below)
        }
        return tuple(sorted(found, key=lambda rule: rule.order))


ANY = "*"
"""In place of a folder's name: globs that have no name without wildcards."""


class _Compiled(Struct, frozen=True):
    """What names whole folders, by a name that must be among the path's; what names files, and their names' ends."""

    folders: Mapping[str, tuple[tuple[PatternRule, re.Pattern[str]], ...]]
    files: tuple[tuple[PatternRule, re.Pattern[str]], ...]
    beginnings: tuple[str, ...]
    endings: tuple[str, ...]
    tails: frozenset[str]
    """The endings' last two letters (or their only one), which tell most names from those that fit at little cost."""

    def may_fit(self, name: str) -> bool:
        """Whether a file of this name is worth asking the patterns about."""
        ends = name[-2:] in self.tails or name[-1:] in self.tails
        return (ends and name.endswith(self.endings)) or name.startswith(self.beginnings)


_wildcards = re.compile(r"\*|\?|\[[^]]*\]")


@cache
def _compiled() -> _Compiled:
    folders: dict[str, list[tuple[PatternRule, re.Pattern[str]]]] = {}
    files, names = [], set[str]()
    for rule in pattern_rules():
        globs = [glob for path in rule.paths for glob in expand(path)]
        for glob in globs:
            if glob.endswith("/**"):
                folders.setdefault(_telling_part(glob), []).append((rule, matcher([glob])))
        single = [glob for glob in globs if not glob.endswith("/**")]
        files.append((rule, matcher(single)))
        names.update(glob.rpartition("/")[2] for glob in single)
    beginnings, endings = _outer_letters(names)
    tails = frozenset(ending[-2:] for ending in endings)
    return _Compiled({part: tuple(rules) for part, rules in folders.items()}, tuple(files), beginnings, endings, tails)


def _outer_letters(globs: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(beginnings, endings) one of which each name has that fits one of the globs: their letters without wildcards."""
    beginnings, endings = set[str](), set[str]()
    for glob in globs:
        parts = _wildcards.split(glob)
        if parts[-1]:
            endings.add(parts[-1])
        else:
            beginnings.add(parts[0])
    return tuple(sorted(beginnings)), tuple(sorted(endings))


def _telling_part(glob: str) -> str:
    """The last folder name in a glob that has no wildcard."""
    parts = glob.removesuffix("/**").split("/")
    return next((part for part in reversed(parts) if not set(part) & set("*?[")), ANY)


@cache
def pattern_rules() -> tuple[PatternRule, ...]:
    """The rules of patterns.toml, in its order."""
    table = tomllib.loads(resources.files(__package__).joinpath("patterns.toml").read_text(encoding="utf-8"))
    return tuple(_rule(order, id_, fields) for order, (id_, fields) in enumerate(table.items()))


def _rule(order: int, id_: str, fields: dict[str, Any]) -> PatternRule:
    return PatternRule(
        id=id_,
        order=order,
        title=fields["title"],
        paths=tuple(fields["paths"]),
        excepted=matcher(fields.get("except", ())),
        unowned=fields.get("unowned", False),
        trade_off=fields.get("trade_off", False),
        elf_core=fields.get("elf_core", False),
        minimum=fields.get("minimum", 0),
        fix=fields["fix"],
        see=tuple(fields["see"]),
    )
