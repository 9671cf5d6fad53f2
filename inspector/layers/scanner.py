"""Scanners: what a source hands its layers to. This one remembers nothing; cache.py has one that does."""

from __future__ import annotations

from collections.abc import Iterable

from inspector.layers.scan import LayerScan, ScannedBlob, scan_layer


class Afresh:
    """Reads every layer."""

    def known(self, diff_id: str) -> LayerScan | None:  # noqa: ARG002
        return None

    def scan(self, chunks: Iterable[bytes]) -> ScannedBlob:
        return scan_layer(chunks)

    def document(self, digest: str) -> bytes | None:  # noqa: ARG002
        return None

    def keep(self, document: bytes) -> None:
        pass


AFRESH = Afresh()
