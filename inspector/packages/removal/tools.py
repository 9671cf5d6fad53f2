"""Which packages are build tooling, and why (tools.toml is the table)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources

from msgspec import Struct

from inspector.globs import matcher
from inspector.packages.model import Package

COMPILING = frozenset(("compiler", "linker and binary tools", "headers and static libraries", "build system"))
"""Reasons that a compiler at run time speaks against."""

DEVELOPMENT = "only development needs it"
"""The reason where the package's own manager marks it so."""


class Verdict(Struct, frozen=True):
    """Why a package is build tooling; `doubt` says what speaks against it, empty where nothing does."""

    reason: str
    doubt: str = ""


class _Table(Struct, frozen=True):
    tools: tuple[tuple[str, re.Pattern[str]], ...]
    runtime: re.Pattern[str]
    sections: frozenset[str]
    commands: frozenset[str]
    virtual: re.Pattern[str]
    compiles: re.Pattern[str]


def build_tools(packages: Iterable[Package]) -> dict[Package, Verdict]:
    """The build tooling among the packages of an image, each with the reason."""
    present = list(packages)
    doubt = _doubt(present)
    reasons = ((package, _reason(package)) for package in present)
    return {package: Verdict(reason, doubt if reason in COMPILING else "") for package, reason in reasons if reason}


def reason_by_name(kind: str, name: str) -> str:
    """Why packages of this name are tools, empty where they are none; what only a package itself tells is not seen."""
    table = _tables().get(kind)
    if table is None or table.runtime.fullmatch(name):
        return ""
    return next((reason for reason, names in table.tools if names.fullmatch(name)), "")


def _reason(package: Package) -> str:
    if package.dev:
        return DEVELOPMENT
    table = _tables().get(package.kind)
    if table is None or package.essential or package.protected or package.priority == "required":
        return ""
    if package.virtual:
        return "virtual package of build dependencies" if table.virtual.fullmatch(package.name) else ""
    if table.runtime.fullmatch(package.name):
        return ""
    if by_name := reason_by_name(package.kind, package.name.lower() if package.kind == "pypi" else package.name):
        return by_name
    if package.section.rpartition("/")[2] in table.sections:
        return f"section {package.section}"
    commands = (provided.name.removeprefix("cmd:") for provided in package.provides if provided.name.startswith("cmd:"))
    return next((f"provides the command {command}" for command in commands if command in table.commands), "")


def _doubt(packages: Iterable[Package]) -> str:
    tables = _tables()
    for package in packages:
        table = tables.get(package.kind)
        if table is not None and table.compiles.fullmatch(package.name):
            return f"{package.name} may compile at run time"
    return ""


@cache
def _tables() -> Mapping[str, _Table]:
    raw = tomllib.loads(resources.files(__package__).joinpath("tools.toml").read_text(encoding="utf-8"))
    return {
        kind: _Table(
            tools=tuple((reason, matcher(globs)) for reason, globs in fields["tools"].items()),
            runtime=matcher(fields.get("runtime", ())),
            sections=frozenset(fields.get("sections", ())),
            commands=frozenset(fields.get("commands", ())),
            virtual=matcher(fields.get("virtual", ())),
            compiles=matcher(fields.get("compiles", ())),
        )
        for kind, fields in raw.items()
    }
