"""Digests: `algorithm:hex`, as OCI image-spec descriptor.md has them."""

from __future__ import annotations

import hashlib


def sha256_digest(data: bytes) -> str:
    """`sha256:…` of some bytes."""
    return digest_of(data, "sha256")


def digest_of(data: bytes, algorithm: str) -> str:
    """`algorithm:…` of some bytes, for the algorithms that the specification registers: sha256 and sha512."""
    return f"{algorithm}:{hashlib.new(algorithm, data).hexdigest()}"


def algorithm_of(digest: str) -> str:
    """The part before the colon."""
    return digest.partition(":")[0]


def short(digest: str) -> str:
    """The twelve hex digits people know an image by."""
    return digest.rpartition(":")[2][:12]
