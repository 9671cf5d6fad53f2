"""Digests: `algorithm:hex`, as OCI image-spec descriptor.md has them."""

from __future__ import annotations

import hashlib


def sha256_digest(data: bytes) -> str:
    """`sha256:…` of some bytes."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def short(digest: str) -> str:
    """The twelve hex digits people know an image by."""
    return digest.rpartition(":")[2][:12]
