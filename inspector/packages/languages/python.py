"""Installed Python distributions: `*.dist-info` (PyPA's “Recording installed projects”, PEP 376) and `*.egg-info`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from posixpath import normpath

from inspector.packages.found import Files, Found, marked, purl, text
from inspector.packages.manager import Manager
from inspector.packages.memo import Memo
from inspector.packages.model import Alternatives, Distribution, Package, Relation
from inspector.packages.removal.commands import RemovalCommand

_field = re.compile(r"^(Name|Version|Requires-Dist|Provides-Extra):[ \t]*(.*)$", re.MULTILINE)
_requirement = re.compile(r"\s*(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*\(?(?P<versions>[^;()@]*)\)?")
_clause = re.compile(r"\s*(===|~=|==|!=|<=|>=|<|>)\s*([^,\s]+)")
_extra = re.compile(r"\bextra\b").search
_is_name = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*").fullmatch
_separators = re.compile(r"[-_.]+")


def read(files: Files, distribution: Distribution, memo: Memo) -> Iterator[Found]:  # noqa: ARG001
    """Distributions, those higher up first: whoever vendors another claims it before that one claims itself.

    pip writes REQUESTED since 20.2: where one of a folder has it, those without came automatically.
    """
    records = sorted(
        (path for path in files if path.endswith((".dist-info/METADATA", ".egg-info/PKG-INFO", ".egg-info"))),
        key=lambda path: (path.count("/"), path),
    )
    marking = {_location(path) for path in files if path.endswith("/REQUESTED")}
    for record in records:
        package = memo(_package, files[record], _location(record))
        if package is None:
            continue
        info = record.rpartition("/")[0]
        requested = f"{info}/REQUESTED" in files
        found = Found(package, partial(_listed, files, record), _folders(record), record)
        yield marked(found, not requested if package.location in marking else None)


def _location(path: str) -> str:
    """The folder that a distribution's folder or file lies in, such as site-packages."""
    folder = path if path.endswith(".egg-info") else path.rpartition("/")[0]
    return folder.rpartition("/")[0]


def _package(metadata: bytes, location: str) -> Package | None:
    """The core metadata's headers, up to the description; None without a name or version, as pip sees it."""
    head = text(metadata).replace("\r\n", "\n").partition("\n\n")[0]
    fields: dict[str, list[str]] = {}
    for name, value in _field.findall(head):
        fields.setdefault(name, []).append(value.strip())
    name, version = fields.get("Name", [""])[0], fields.get("Version", [""])[0]
    if not _is_name(name) or not version:
        return None
    return Package(
        kind="pypi",
        name=name,
        version=version,
        architecture="",
        purl=purl("pypi", canonical(name), version),
        paths=(),
        automatic=None,
        needs=tuple(group for line in fields.get("Requires-Dist", ()) for group in _groups(line)),
        provides=(Relation(canonical(name)),) if canonical(name) != name else (),
        location=location,
    )


def canonical(name: str) -> str:
    """The one spelling of a name that all spellings mean (PEP 503); needs are written in it."""
    return _separators.sub("-", name).lower()


def _groups(line: str) -> Iterator[Alternatives]:
    """A requirement (PEP 508), each clause of its version on its own; those of extras are not needed.

    Other environment markers are not evaluated: what is not installed is not needed here.
    """
    requirement, _, marker = line.partition(";")
    match = _requirement.match(requirement)
    if match is None or _extra(marker):
        return
    name, clauses = canonical(match["name"]), _clause.findall(match["versions"])
    for operator, version in clauses or [("", "")]:
        yield (Relation(name, operator, version),)


def _listed(files: Files, record: str) -> Iterator[str]:
    """The paths of RECORD (CSV of path, digest, size), relative to the location; or what setuptools recorded."""
    yield record
    info, location = record.rpartition("/")[0], _location(record)
    if record.endswith(".dist-info/METADATA"):
        for line in text(files.get(f"{info}/RECORD", b"")).splitlines():
            path = line.rsplit(",", 2)[0]
            if path.startswith('"'):
                path = path[1:-1].replace('""', '"')
            if path:
                yield _inside(location, path)
    elif record.endswith("/PKG-INFO"):
        for line in text(files.get(f"{info}/installed-files.txt", b"")).splitlines():
            yield _inside(info, line)


def _folders(record: str) -> tuple[str, ...]:
    """The distribution's own folder."""
    info = record.rpartition("/")[0]
    return (info,) if not record.endswith(".egg-info") else ()


def _inside(folder: str, path: str) -> str:
    """A path relative to a folder, normalised; an absolute one as it is."""
    return normpath(f"/{path}" if path.startswith("/") else f"/{folder}/{path}").strip("/")


MANAGER = Manager("pypi", "python", read, runtimes=("python3", "python"), removal=RemovalCommand("pip uninstall -y"))
