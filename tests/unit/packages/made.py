"""Packages written down by hand."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from inspector.packages.model import Alternatives, Package, Relation

_relation = re.compile(
    r"(?P<name>(?:so:|cmd:)?[^\s:(]+)(?::(?P<architecture>\w+))?(?: \((?P<operator>[<>=]+) (?P<version>[^)]+)\))?"
)


def groups(text: str) -> tuple[Alternatives, ...]:
    """`a, b (>= 2) | c` as relations."""
    return tuple(
        tuple(_parsed(choice.strip()) for choice in group.split("|")) for group in text.split(",") if group.strip()
    )


def package(
    name: str,
    needs: str = "",
    *,
    wants: str = "",
    suggests: str = "",
    provides: str = "",
    install_if: str = "",
    automatic: bool | None = True,
    kind: str = "deb",
    version: str = "1",
    architecture: str = "amd64",
    **fields: Any,
) -> Package:
    """A package that came automatically, unless told otherwise."""
    return Package(
        kind=kind,
        name=name,
        version=version,
        architecture=architecture,
        purl=f"pkg:{kind}/{name}@{version}",
        paths=fields.pop("paths", ()),
        automatic=automatic,
        needs=groups(needs),
        wants=groups(wants),
        suggests=groups(suggests),
        provides=tuple(relation for group in groups(provides) for relation in group),
        install_if=tuple(relation for group in groups(install_if) for relation in group),
        **fields,
    )


def names(packages: Iterable[Package]) -> set[str]:
    return {each.name for each in packages}


def _parsed(text: str) -> Relation:
    match = _relation.fullmatch(text)
    assert match is not None, text
    return Relation(match["name"], match["operator"] or "", match["version"] or "", match["architecture"] or "")
