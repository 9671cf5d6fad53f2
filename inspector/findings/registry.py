"""The registry of rules (rules.toml): what each kind of waste is called, why it is waste, and who else tells of it.

Findings take their names, severities and advice from here; so do the command `rules` and README's table.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from importlib import resources

from msgspec import Struct, json

from inspector.errors import UnknownRule
from inspector.findings.remedy import RemedyKind

REMOVED, OVERWRITTEN, RECOPIED, UNAVOIDABLE = "LI1001", "LI1002", "LI1003", "LI1004"
BROUGHT, IN_BASE, UNPACKAGED, DEVELOPMENT_ONLY = "LI2001", "LI2002", "LI2003", "LI2004"
UNSTRIPPED, DUPLICATE, SECRET = "LI6005", "LI8001", "LI9001"
"""The rules that modules of this package find; all others are known by their paths."""

FAMILIES = {
    "LI1": "hidden bytes",
    "LI2": "build tools",
    "LI3": "package managers",
    "LI4": "languages",
    "LI5": "documentation",
    "LI6": "development files",
    "LI7": "left behind",
    "LI8": "duplicates",
    "LI9": "secrets",
}
"""By how a rule's id begins."""


class Severity(StrEnum):
    """INFO is a choice or cannot be avoided; ERROR is for what must not leave the house."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Rule(Struct, frozen=True, forbid_unknown_fields=True, rename={"excepted": "except"}):
    """One kind of waste. The fields are explained at the head of rules.toml; `severity` is the default."""

    id: str
    name: str
    help: str
    remedy: RemedyKind
    severity: Severity = Severity.WARNING
    trade: bool = False
    command: str = ""
    users: tuple[str, ...] = ()
    advice: str = ""
    option: str = ""
    behind: tuple[str, ...] = ()
    hadolint: tuple[str, ...] = ()
    dockle: tuple[str, ...] = ()
    trivy: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    excepted: tuple[str, ...] = ()
    home: tuple[str, ...] = ()
    unowned: bool = False
    elf_core: bool = False
    minimum: int = 0

    @property
    def family(self) -> str:
        return FAMILIES[self.id[:3]]

    @property
    def homes(self) -> tuple[str, ...]:
        """Globs of the folders that `{home}` in the command stands for."""
        return self.home or tuple(path.removesuffix("/**") for path in self.paths if path.endswith("/**"))

    @property
    def see(self) -> tuple[str, ...]:
        """The rules of other tools that say the same, each with its tool: `hadolint DL3009`."""
        tools = {"hadolint": self.hadolint, "dockle": self.dockle, "trivy": self.trivy}
        return tuple(f"{tool} {id_}" for tool, ids in tools.items() for id_ in ids)


_rules = json.Decoder(dict[str, Rule])  # made now, as in image/document.py


@cache
def rules() -> Mapping[str, Rule]:
    """All rules by id, in the order of rules.toml."""
    table = tomllib.loads(resources.files(__package__).joinpath("rules.toml").read_text(encoding="utf-8"))
    return _rules.decode(json.encode({id_: {"id": id_, **fields} for id_, fields in table.items()}))


def find_rule(id_: str) -> Rule:
    """The rule of an id as a person writes it. Raises UnknownRule, with the ids that are near."""
    known = rules()
    if rule := known.get(id_.upper()):
        return rule
    near = get_close_matches(id_.upper(), known, n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else "`leaninspect rules` prints all"
    raise UnknownRule(f"there is no rule {id_}", hint)
