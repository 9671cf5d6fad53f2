"""PHP packages: `vendor/composer/installed.json` (Composer 1 and 2, Composer\\Repository\\FilesystemRepository)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from posixpath import normpath
from typing import Any

import msgspec

from inspector.packages.found import Files, Found, purl
from inspector.packages.manager import Manager
from inspector.packages.memo import Memo
from inspector.packages.model import Distribution, Package, Relation

_is_name = re.compile(r"[^/\s]+/[^/\s]+").fullmatch

LIST = "composer/installed.json"


def read(files: Files, distribution: Distribution, memo: Memo) -> Iterator[Found]:  # noqa: ARG001
    """The packages of all vendor folders. Raises ValueError for a list that is none."""
    for path, data in files.items():
        if path.endswith(LIST):
            document = msgspec.json.decode(data)
            if isinstance(document, list):  # Composer 1
                document = {"packages": document}
            packages, dev = (_list(document, field) for field in ("packages", "dev-package-names"))
            vendor = path.removesuffix(f"/{LIST}")
            asked_for = _asked_for(files.get(f"{vendor.rpartition('/')[0]}/composer.json".lstrip("/")))
            for entry in packages:
                if isinstance(entry, dict) and _is_name(str(entry.get("name"))):
                    yield _found(entry, vendor, dev, asked_for)


def _asked_for(manifest: bytes | None) -> set[str] | None:
    """What the application's own composer.json requires; None where there is none to say."""
    if manifest is None:
        return None
    try:
        document = msgspec.json.decode(manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return {*_names(document, "require"), *_names(document, "require-dev")} if isinstance(document, dict) else None


def _found(entry: Mapping[str, Any], vendor: str, dev: list[Any], asked_for: set[str] | None) -> Found:
    full_name, version = entry["name"], str(entry.get("version", ""))
    namespace, _, name = full_name.rpartition("/")
    place = entry.get("install-path")
    folder = normpath(f"/{vendor}/composer/{place}" if isinstance(place, str) else f"/{vendor}/{full_name}").strip("/")
    package = Package(
        kind="composer",
        name=full_name,
        version=version,
        architecture="",
        purl=purl("composer", name, version, namespace=namespace),
        paths=(),
        automatic=None if asked_for is None else full_name not in asked_for,
        needs=tuple((Relation(need),) for need in _names(entry, "require")),
        provides=tuple(Relation(name) for name in (*_names(entry, "provide"), *_names(entry, "replace"))),
        dev=full_name in dev,
        location=folder,
    )
    return Found(package, folders=(folder,), record=f"{folder}/composer.json")


def _list(document: Any, field: str) -> list[Any]:
    value = document.get(field) if isinstance(document, dict) else None
    return value if isinstance(value, list) else []


def _names(document: Mapping[str, Any], field: str) -> list[str]:
    """Names of packages; `php` and `ext-…` are the platform's."""
    value = document.get(field)
    return [name for name in value if "/" in name] if isinstance(value, dict) else []


MANAGER = Manager("composer", "composer", read, runtimes=("php",), prune="composer install --no-dev", store="vendor")
