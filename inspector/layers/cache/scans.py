"""What layers held, by their diff_ids: a layer is read once, and known from then on.

A scan's diff_id is computed from the bytes themselves, so whoever asks for the diff_id that a config promises gets
that layer or nothing. Beside scans the cache keeps small documents by their digest: with the config of an image and
the scans of its layers, a source need not transfer anything.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from inspector.errors import BadSetting
from inspector.image.digest import sha256_digest
from inspector.layers.cache.packing import pack, unpack
from inspector.layers.cache.store import Store
from inspector.layers.capture import SCANNER_VERSION
from inspector.layers.scan import LayerScan
from inspector.sizes import parse_size

FOLDER_VARIABLE = "LEANINSPECT_CACHE_DIR"
LIMIT_VARIABLE = "LEANINSPECT_CACHE_MAX"
DEFAULT_LIMIT = 1 << 30
"""Bytes; thousands of layers."""

MAX_DOCUMENT = 4 << 20
"""Bytes; registries refuse larger manifests."""

_sha256 = re.compile(r"sha256:[0-9a-f]{64}").fullmatch
"""Digests come from images, which may be hostile; names of files are made only of these."""


class ScanCache:
    """Scans and documents in a Store. Used from several threads at once."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def scan(self, diff_id: str) -> LayerScan | None:
        """The scan of a layer that was read before, None where none is kept or its file is damaged."""
        data = self._store.get(_scan_name(diff_id)) if _sha256(diff_id) else None
        if data is None:
            return None
        try:
            scan = unpack(data)
        except ValueError:
            return None
        return scan if scan.diff_id == diff_id else None

    def put(self, scan: LayerScan) -> None:
        """Keep a scan; or do not, where that is impossible."""
        try:
            packed = pack(scan)
        except ValueError:
            return
        self._store.put(_scan_name(scan.diff_id), packed)

    def document(self, digest: str) -> bytes | None:
        """A document that was kept before, its digest verified."""
        data = self._store.get(_document_name(digest)) if _sha256(digest) else None
        return data if data is not None and sha256_digest(data) == digest else None

    def keep(self, document: bytes) -> None:
        """Keep a config or manifest for `document`."""
        if len(document) <= MAX_DOCUMENT:
            self._store.put(_document_name(sha256_digest(document)), document)


def user_cache() -> ScanCache | None:
    """The cache of this user, as the environment says; None where it is turned off. Raises BadSetting."""
    store = user_store()
    return ScanCache(store) if store.limit else None


def user_store() -> Store:
    """The store of this user, as the environment says. Raises BadSetting."""
    return Store(_folder(), _limit())


def _folder() -> Path:
    """LEANINSPECT_CACHE_DIR, or where programs keep caches on this system."""
    if named := os.environ.get(FOLDER_VARIABLE):
        return Path(named).expanduser()
    from platformdirs import user_cache_path

    return user_cache_path("leaninspect", appauthor=False)


def _limit() -> int:
    """LEANINSPECT_CACHE_MAX in bytes; 0 turns the cache off."""
    text = os.environ.get(LIMIT_VARIABLE)
    if not text:
        return DEFAULT_LIMIT
    try:
        return parse_size(text)
    except ValueError:
        raise BadSetting(f"{LIMIT_VARIABLE} is no size: {text}", "write it like 500MB, 2GiB or 0") from None


def _scan_name(diff_id: str) -> str:
    return f"{diff_id.replace(':', '-')}.scan{SCANNER_VERSION}"


def _document_name(digest: str) -> str:
    return f"{digest.replace(':', '-')}.document"
