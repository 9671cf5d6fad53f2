"""The table of waste known by where it lies (patterns.toml), ready to be asked about a million paths."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from inspector.findings.globs import expand, matcher


@dataclass(frozen=True, slots=True)
class PatternRule:
    """One rule of the table; `order` is its place in it. The fields are explained at the head of patterns.toml."""

    id: str
    order: int
    title: str
    paths: tuple[str, ...]
    excepted: re.Pattern[str]
    unowned: bool
    trade_off: bool
    minimum: int
    fix: str
    see: tuple[str, ...]


class PatternTable:
    """Tells which rule a path belongs to.

    Most rules name whole folders; those are asked once per folder. The others are asked only about names that fit the
    last part of one of their globs.
    """

    def __init__(self, rules: Iterable[PatternRule]) -> None:
        self.rules = tuple(rules)
        globs = [(rule, glob) for rule in self.rules for path in rule.paths for glob in expand(path)]
        self._folder_rules = [(rule, matcher([glob])) for rule, glob in globs if glob.endswith("/**")]
        self._file_rules = [(rule, matcher([glob])) for rule, glob in globs if not glob.endswith("/**")]
        self._names = matcher({glob.rpartition("/")[2] for _, glob in globs if not glob.endswith("/**")})
        self._known: dict[str, tuple[PatternRule, ...]] = {}

    def rule_for(self, path: str, *, owned: bool) -> PatternRule | None:
        """The first rule of the table that names the path; `owned` tells whether a package owns the file."""
        folder, _, name = path.rpartition("/")
        candidates = self._known.get(folder)
        if candidates is None:
            below = f"{folder}/x"
            candidates = tuple(rule for rule, pattern in self._folder_rules if pattern.fullmatch(below))
            self._known[folder] = candidates
        if self._names.fullmatch(name):
            named = [rule for rule, pattern in self._file_rules if pattern.fullmatch(path)]
            candidates = tuple(sorted({*candidates, *named}, key=lambda rule: rule.order))
        for rule in candidates:
            if not (rule.unowned and owned) and not rule.excepted.fullmatch(path):
                return rule
        return None


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
        minimum=fields.get("minimum", 0),
        fix=fields["fix"],
        see=tuple(fields["see"]),
    )
