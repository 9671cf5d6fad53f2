"""The rules on waste known by where it lies (rules.toml), ready to be asked about a million paths."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from msgspec import Struct

from inspector.findings.registry import Rule, rules
from inspector.globs import expand, matcher


class PathRule(Struct, frozen=True):
    """A rule that names paths, with its place in the table; `excepted` are those that are not meant."""

    order: int
    rule: Rule
    excepted: re.Pattern[str]


class PathTable:
    """Tells which rule a path belongs to, for one image: what it learns about a folder it remembers.

    Most rules name whole folders; those are asked once per folder. The others are asked only about names that fit the
    last part of one of their globs.
    """

    def __init__(self) -> None:
        self._compiled = _compiled()
        self._known: dict[str, tuple[PathRule, ...]] = {}

    def rule_for(self, path: str, *, owned: bool, core: bool) -> Rule | None:
        """The first rule of the table that names the path.

        `owned` tells whether a package owns the file, `core` whether its content is a core dump.
        """
        folder, _, name = path.rpartition("/")
        candidates = self._known.get(folder)
        if candidates is None:
            candidates = self._known[folder] = self._rules_of_folder(folder)
        if self._compiled.may_fit(name):
            named = [each for each, fits in self._compiled.files if fits.fullmatch(path)]
            candidates = tuple(sorted({*candidates, *named}, key=lambda each: each.order))
        for each in candidates:
            rule = each.rule
            if not (rule.unowned and owned) and (core or not rule.elf_core) and not each.excepted.fullmatch(path):
                return rule
        return None

    def _rules_of_folder(self, folder: str) -> tuple[PathRule, ...]:
        below, folders = f"{folder}/x", self._compiled.folders
        found = {
            each for part in {ANY, *folder.split("/")} for each, fits in folders.get(part, ()) if fits.fullmatch(below)
        }
        return tuple(sorted(found, key=lambda each: each.order))


ANY = "*"
"""In place of a folder's name: globs that have no name without wildcards."""


class _Compiled(Struct, frozen=True):
    """What names whole folders, by a name that must be among the path's; what names files, and their names' ends."""

    folders: Mapping[str, tuple[tuple[PathRule, re.Pattern[str]], ...]]
    files: tuple[tuple[PathRule, re.Pattern[str]], ...]
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
    folders: dict[str, list[tuple[PathRule, re.Pattern[str]]]] = {}
    files, names = [], set[str]()
    for order, rule in enumerate(rule for rule in rules().values() if rule.paths):
        each = PathRule(order, rule, matcher(rule.excepted))
        globs = [glob for path in rule.paths for glob in expand(path)]
        for glob in globs:
            if glob.endswith("/**"):
                folders.setdefault(_telling_part(glob), []).append((each, matcher([glob])))
        single = [glob for glob in globs if not glob.endswith("/**")]
        files.append((each, matcher(single)))
        names.update(glob.rpartition("/")[2] for glob in single)
    beginnings, endings = _outer_letters(names)
    tails = frozenset(ending[-2:] for ending in endings)
    return _Compiled({part: tuple(named) for part, named in folders.items()}, tuple(files), beginnings, endings, tails)


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
