"""A small writer of image archives: layers from values, and the `docker save` file around them.

The demo images and the tests are made with it. Everything is deterministic: the same values give the same digests.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

TAR_TYPES = {
    "file": tarfile.REGTYPE,
    "hardlink": tarfile.LNKTYPE,
    "symlink": tarfile.SYMTYPE,
    "directory": tarfile.DIRTYPE,
    "char": tarfile.CHRTYPE,
    "block": tarfile.BLKTYPE,
    "fifo": tarfile.FIFOTYPE,
}

EPOCH = 1_514_764_800
"""2018-01-01, the year of the article the demo retells."""


class Member(Struct, frozen=True):
    """One tar member to be written. `link` is the target of a hardlink or symlink, `content` a file's bytes."""

    path: str
    content: bytes = b""
    kind: str = "file"
    link: str = ""
    mode: int | None = None
    uid: int = 0
    gid: int = 0
    mtime: int = EPOCH
    headers: Mapping[str, str] = {}


class Step(Struct, frozen=True):
    """One build step: what the history says, and the layer it made (None: no layer)."""

    created_by: str
    layer: bytes | None = None
    comment: str = ""


def directory(path: str, **more: Any) -> Member:
    return Member(path, kind="directory", **more)


def symlink(path: str, target: str, **more: Any) -> Member:
    return Member(path, kind="symlink", link=target, **more)


def hardlink(path: str, target: str, **more: Any) -> Member:
    return Member(path, kind="hardlink", link=target, **more)


def whiteout(path: str) -> Member:
    """The marker by which a layer deletes `path` of a lower layer (OCI image-spec layer.md)."""
    folder, _, name = path.rpartition("/")
    return Member(f"{folder}/.wh.{name}" if folder else f".wh.{name}", mode=0)


def opaque(folder: str) -> Member:
    """The marker by which a layer hides everything lower layers have in `folder`."""
    return Member(f"{folder}/.wh..wh..opq" if folder else ".wh..wh..opq", mode=0)


def tar_layer(members: Iterable[Member]) -> bytes:
    """An uncompressed layer tar (PAX where a header needs it, ustar otherwise)."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for member in members:
            info = tarfile.TarInfo(member.path)
            info.type = TAR_TYPES[member.kind]
            info.mode = member.mode if member.mode is not None else _default_mode(member.kind)
            info.uid, info.gid, info.mtime = member.uid, member.gid, member.mtime
            info.linkname = member.link
            info.size = len(member.content)
            info.pax_headers = dict(member.headers)
            tar.addfile(info, io.BytesIO(member.content))
    return buffer.getvalue()


def image_config(steps: Sequence[Step], *, created: str, run: Mapping[str, Any] | None = None) -> bytes:
    """The config blob of an image made by `steps`, in the order they ran."""
    return json.dumps(
        {
            "architecture": "amd64",
            "os": "linux",
            "created": created,
            "config": dict(run or {}),
            "rootfs": {
                "type": "layers",
                "diff_ids": [sha256(step.layer) for step in steps if step.layer is not None],
            },
            "history": [
                {
                    "created": created,
                    "created_by": step.created_by,
                    **({"comment": step.comment} if step.comment else {}),
                    **({} if step.layer is not None else {"empty_layer": True}),
                }
                for step in steps
            ],
        },
        separators=(",", ":"),
    ).encode()


def docker_archive(images: Mapping[str, tuple[bytes, Sequence[bytes]]]) -> bytes:
    """A file as `docker save` before version 25 writes it: repository tag → (config blob, layer tars)."""
    members: dict[str, bytes] = {}
    manifest = []
    for tag, (config, layers) in images.items():
        config_name = f"{sha256(config).removeprefix('sha256:')}.json"
        names = [f"{sha256(layer).removeprefix('sha256:')}/layer.tar" for layer in layers]
        members |= {config_name: config, **dict(zip(names, layers, strict=True))}
        manifest.append({"Config": config_name, "RepoTags": [tag], "Layers": names})
    members["manifest.json"] = json.dumps(manifest).encode()
    return tar_layer(Member(name, content) for name, content in members.items())


def image_archive(tag: str, steps: Sequence[Step], *, created: str, run: Mapping[str, Any] | None = None) -> bytes:
    """The `docker save` file of one image made by `steps`."""
    layers = [step.layer for step in steps if step.layer is not None]
    return docker_archive({tag: (image_config(steps, created=created, run=run), layers)})


def sha256(data: bytes) -> str:
    """`sha256:…` of `data`."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _default_mode(kind: str) -> int:
    return {"directory": 0o755, "symlink": 0o777}.get(kind, 0o644)
