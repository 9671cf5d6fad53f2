"""The physical limit: read an archive's layers, inflate them, SHA-256 both sides, on the same threads as leaninspect.

No tar header is read and nothing is kept. `python -m benchmarks.floor FILE` for a `docker save` file or OCI archive.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable
from pathlib import Path

from inspector.layers.scanner import Afresh

from inspector.image.config import parse_config
from inspector.layers.compression import decompress
from inspector.layers.entries import Entries
from inspector.layers.read_ahead import made_ahead
from inspector.layers.scan import LayerScan, ScannedBlob
from inspector.sources.archive import open_path
from inspector.sources.protocol import Options, ignore_progress


class HashOnly(Afresh):
    """A Scanner that learns the digests of a layer and nothing else."""

    def scan(self, chunks: Iterable[bytes]) -> ScannedBlob:
        blob, tar = hashlib.sha256(), hashlib.sha256()
        length = 0

        def hashed() -> Iterable[bytes]:
            nonlocal length
            for chunk in chunks:
                blob.update(chunk)
                length += len(chunk)
                yield chunk

        compression, plain = decompress(hashed())
        if compression is None:
            tar = blob
            for _ in plain:
                pass
        else:
            with made_ahead(plain) as inflated:
                for chunk in inflated:
                    tar.update(chunk)
        scan = LayerScan(f"sha256:{tar.hexdigest()}", 0, Entries.empty(), {})
        return ScannedBlob(scan, f"sha256:{blob.hexdigest()}", length, compression)


def main(path: Path) -> None:
    """Raises SystemExit when a digest is not what the config promises: then something else was measured."""
    delivery = open_path(str(path), Options()).read(HashOnly(), ignore_progress)
    if parse_config(delivery.config).diff_ids != tuple(layer.scan.diff_id for layer in delivery.layers):
        sys.exit("the layers are not what the config promises")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
