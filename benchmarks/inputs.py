"""What is inspected: archives of many small files made by code, and a real Debian image with a compiler in it."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import run

from tests.engine.engine import Engine, NoEngineError, running_engine
from tests.engine.machine import NoBaseError, make_debian

TOOLCHAIN = """\
FROM {base}
RUN apt-get update && apt-get install -y --no-install-recommends g++ make
RUN echo 'int main() {{ return 0; }}' > /hello.cc && g++ -O2 -static -o /usr/local/bin/hello /hello.cc
RUN apt-get purge -y --auto-remove g++ make
RUN rm -rf /var/lib/apt/lists/*
CMD ["hello"]
"""
"""A toolchain brought by one RUN and removed by another: the waste that everybody ships once."""

TOOLCHAIN_TAG = "leaninspect/bench:toolchain"

FILES_PER_FOLDER = 100


class CannotMakeError(Exception):
    """This machine cannot make an input; the message says why."""


@dataclass(frozen=True, slots=True)
class Toolchain:
    """The image with the toolchain in a Docker Engine of its own, saved, and as an OCI archive with gzip layers."""

    engine: Engine
    saved: Path
    gzipped: Path | None


@dataclass(frozen=True, slots=True)
class SmallFiles:
    """An image of `files` files of 512 bytes at most, in `layers` layers of equal size.

    The topmost layer deletes `whiteouts` files of the lower ones, one by one, as a clean-up at the end of a Dockerfile.
    """

    files: int
    layers: int
    whiteouts: int = 0

    @property
    def name(self) -> str:
        return f"files-{self.files}-layers-{self.layers}-deleted-{self.whiteouts}.tar"


@contextmanager
def toolchain(folder: Path) -> Iterator[Toolchain]:
    """The image, built on this machine's own Debian the first time, for as long as the block lasts.

    Raises CannotMakeError where there is no engine or no Debian.
    """
    saved = folder / "toolchain.tar"
    try:
        with running_engine() as engine:
            if saved.exists():
                engine.docker("load", "--input", str(saved))
            else:
                engine.build(TOOLCHAIN_TAG, TOOLCHAIN.format(base=make_debian(engine)), buildkit=False)
                engine.save(TOOLCHAIN_TAG, saved)
            yield Toolchain(engine, saved, _gzipped(saved))
    except (NoEngineError, NoBaseError) as reason:
        raise CannotMakeError(str(reason)) from None


def _gzipped(saved: Path) -> Path | None:
    """The same image as an OCI archive, by skopeo, which compresses layers with gzip; None without skopeo."""
    target = saved.with_suffix(".oci.tar")
    if not target.exists():
        if shutil.which("skopeo") is None:
            return None
        run(["skopeo", "copy", "--quiet", f"docker-archive:{saved}", f"oci-archive:{target}"], check=True)
    return target


def small_files(image: SmallFiles, path: Path) -> None:
    """Write the image to `path` as `docker save` would; the same image gives the same bytes."""
    unfinished = path.with_suffix(".part")
    diff_ids, names = [], []
    with unfinished.open("wb") as file:
        for layer in range(image.layers):
            digest, size = hashlib.sha256(), 0
            header_at = file.tell()
            file.write(bytes(512))
            for piece in _layer(image, layer):
                digest.update(piece)
                size += file.write(piece)
            names.append(f"{digest.hexdigest()}/layer.tar")
            diff_ids.append(f"sha256:{digest.hexdigest()}")
            end = file.tell()
            file.seek(header_at)
            file.write(_header(names[-1], size))
            file.seek(end)
        for name, document in _documents(diff_ids, names):
            file.write(_header(name, len(document)) + _padded(document))
        file.write(bytes(1024))
    unfinished.rename(path)


def _layer(image: SmallFiles, layer: int) -> Iterator[bytes]:
    """The tar of one layer, folder by folder."""
    per_layer = image.files // image.layers
    for first in range(0, per_layer, FILES_PER_FOLDER):
        yield b"".join(
            _header(_path(layer, number), 40 + number % 470) + _padded(_content(layer, number))
            for number in range(first, min(first + FILES_PER_FOLDER, per_layer))
        )
    if layer == image.layers - 1:
        lower = (_path(number % layer, number // layer) for number in range(image.whiteouts))
        yield b"".join(_header(_whiteout(path), 0) for path in lower)
    yield bytes(1024)


def _path(layer: int, number: int) -> str:
    return f"srv/app/layer-{layer:02}/folder-{number // FILES_PER_FOLDER:04}/file-{number:06}.txt"


def _content(layer: int, number: int) -> bytes:
    """As many bytes as the header says, different in every file."""
    return (b"%d/%d " % (layer, number) * 60)[: 40 + number % 470]


def _whiteout(path: str) -> str:
    folder, _, name = path.rpartition("/")
    return f"{folder}/.wh.{name}"


def _header(name: str, size: int) -> bytes:
    """A ustar header (POSIX.1-2001 pax(1)) of a regular file."""
    fields = b"%s0000644\0000000000\0000000000\000%011o\00015201131000\0%s0%s" % (
        name.encode().ljust(100, b"\0"),
        size,
        b" " * 8,
        bytes(100) + b"ustar\00000",
    )
    block = fields.ljust(512, b"\0")
    return b"%s%06o\0 %s" % (block[:148], sum(block), block[156:])


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 512)


def _documents(diff_ids: list[str], names: list[str]) -> Iterator[tuple[str, bytes]]:
    """The config and manifest.json, with their names."""
    config = json.dumps(
        {
            "architecture": "amd64",
            "os": "linux",
            "config": {},
            "rootfs": {"type": "layers", "diff_ids": diff_ids},
            "history": [
                {"created": "2018-01-01T00:00:00Z", "created_by": f"COPY layer-{n} /srv/app"} for n in range(len(names))
            ],
        }
    ).encode()
    name = f"{hashlib.sha256(config).hexdigest()}.json"
    yield name, config
    yield "manifest.json", json.dumps([{"Config": name, "RepoTags": ["bench:latest"], "Layers": names}]).encode()
