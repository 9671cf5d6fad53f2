"""Packages and repositories of Alpine's apk, made in code, and served to builds."""

from __future__ import annotations

import base64
import gzip
import hashlib
import tarfile
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

CHECKSUM = "APK-TOOLS.checksum.SHA1"
"""The header in which apk looks for the hash of a member."""


@dataclass(frozen=True, slots=True)
class Content:
    """A file (`data`) or a symlink (`target`) of a package."""

    data: bytes = b""
    mode: int = 0o644
    target: str = ""


@dataclass(frozen=True, slots=True)
class Package:
    """A package of version 2 of the format. `needs` and `offers` are words of PKGINFO: names, `so:…=…`, `cmd:…`."""

    name: str
    version: str
    files: Mapping[str, Content]
    needs: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()


def write_repository(folder: Path, architecture: str, packages: Iterable[Package], others: int) -> None:
    """Write unsigned packages and their index to `folder/ARCHITECTURE`; the index names `others` that are not there."""
    target = folder / architecture
    target.mkdir(parents=True)
    records = []
    for package in packages:
        control, data = _segments(package, architecture)
        (target / f"{package.name}-{package.version}.apk").write_bytes(control + data)
        records.append(_record(package, architecture, control, len(control + data)))
    for number in range(others):
        nobody = Package(f"other-{number}", "1.0-r0", {})
        records.append(_record(nobody, architecture, str(number).encode(), 1))
    index = {"DESCRIPTION": Content(b"test"), "APKINDEX": Content("".join(records).encode())}
    (target / "APKINDEX.tar.gz").write_bytes(_tar(index, whole=True))


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of a web server for a folder, on this machine alone."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the name of the overridden method)
        pass


def _segments(package: Package, architecture: str) -> tuple[bytes, bytes]:
    """What tells of the package, and its files: two archives that follow each other."""
    data = _tar(package.files, whole=True)
    lines = [
        *(f"pkgname = {package.name}", f"pkgver = {package.version}", f"arch = {architecture}"),
        *(f"size = {_size(package)}", f"pkgdesc = {package.name}", f"origin = {package.name}", "license = MIT"),
        *(f"depend = {each}" for each in package.needs),
        *(f"provides = {each}" for each in package.offers),
        f"datahash = {hashlib.sha256(data).hexdigest()}",
    ]
    return _tar({".PKGINFO": Content("".join(f"{line}\n" for line in lines).encode())}, whole=False), data


def _record(package: Package, architecture: str, control: bytes, size: int) -> str:
    """The package's paragraph of the index."""
    # apk's own choice, no secret hangs on it
    identity = base64.b64encode(hashlib.sha1(control, usedforsecurity=False).digest()).decode()
    values = (f"Q1{identity}", package.name, package.version, architecture, size, _size(package), package.name, "MIT")
    fields = [*zip("CPVASITL", values, strict=True), ("D", " ".join(package.needs)), ("p", " ".join(package.offers))]
    return "".join(f"{name}:{value}\n" for name, value in fields if value) + "\n"


def _size(package: Package) -> int:
    return sum(len(each.data) for each in package.files.values())


def _tar(files: Mapping[str, Content], *, whole: bool) -> bytes:
    """A compressed archive of files with the folders above them; one that is not `whole` has no end of its own."""
    buffer = BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for folder in sorted({str(each) for path in files for each in list(PurePosixPath(path).parents)[:-1]}):
            member = tarfile.TarInfo(folder)
            member.type, member.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(member)
        for path, content in files.items():
            member = tarfile.TarInfo(path)
            member.mode, member.size = content.mode, len(content.data)
            if content.target:
                member.type, member.linkname = tarfile.SYMTYPE, content.target
            hashed = content.target.encode() or content.data
            member.pax_headers = {CHECKSUM: hashlib.sha1(hashed, usedforsecurity=False).hexdigest()}
            tar.addfile(member, BytesIO(content.data))
        end = tar.offset
    return gzip.compress(buffer.getvalue() if whole else buffer.getvalue()[:end], mtime=0)
