"""Which paths packages own, by the databases of dpkg and apk."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

APK_DATABASES = ("lib/apk/db/installed", "usr/lib/apk/db/installed")
_DPKG_LIST = re.compile(r"var/lib/dpkg/info/[^/]+\.list").fullmatch


def owned_paths(captured: Mapping[str, bytes], links: Mapping[str, str]) -> frozenset[str]:
    """Normalised paths that some package owns in the final image.

    `captured` are the visible captured files, `links` the visible symlinks at the root (`lib` → `usr/lib`), through
    which the paths of a merged-usr system run.
    """
    merged = {f"{link}/": f"{target.strip('/')}/" for link, target in links.items()}
    return frozenset(_through(path, merged) for path in _listed(captured))


def _listed(captured: Mapping[str, bytes]) -> Iterator[str]:
    for path, data in captured.items():
        if _DPKG_LIST(path):
            yield from (line.strip("/") for line in _lines(data))
        elif path in APK_DATABASES:
            yield from _apk_paths(_lines(data))


def _apk_paths(lines: Iterable[str]) -> Iterator[str]:
    """`F:` names a folder, each `R:` after it a file in it (apk-tools, installed database v2)."""
    folder = ""
    for line in lines:
        if line.startswith("F:"):
            folder = line[2:]
        elif line.startswith("R:"):
            yield f"{folder}/{line[2:]}" if folder else line[2:]


def _lines(data: bytes) -> list[str]:
    return data.decode("utf-8", "surrogateescape").splitlines()


def _through(path: str, merged: Mapping[str, str]) -> str:
    head, slash, rest = path.partition("/")
    target = merged.get(head + slash)
    return target + rest if target and slash else path
