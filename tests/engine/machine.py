"""The machine's own Debian or Ubuntu: which archive it uses, and the base images made from that.

No host name is written down here: mirror, suite, proxy and certificates are what the machine itself uses.
What takes long is kept in a cache directory outside the repository, so that it is made once per machine.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from .languages import CERTIFICATES_INSIDE, language_settings
from .slim import make_slim_root

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .engine import Engine

DEBIAN_TAG = "leaninspect/debian"
DEBIAN_ROOT_TAG = "leaninspect/debian-root"
SLIM_TAG = "leaninspect/slim"
BUSYBOX_TAG = "leaninspect/busybox"

NEXT_RELEASE = "trixie"

CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")

APT_SETTINGS = ("Acquire::http", "Acquire::https", "Acquire::Check-", "Acquire::Retries")
"""The settings of apt without which the machine's archive might not be reachable from inside an image."""

NOT_OF_THE_SYSTEM = ("var/cache/apt/archives/*.deb", "var/lib/apt/lists/*_*", "etc/hostname", "etc/resolv.conf")
"""What debootstrap leaves of its own work and copies from the machine it runs on."""


class NoBaseError(Exception):
    """A base image cannot be made on this machine; the message says why."""


@dataclass(frozen=True, slots=True)
class AptSource:
    """One suite of one package archive."""

    uri: str
    suite: str
    components: tuple[str, ...]


def parse_list(text: str) -> Iterator[AptSource]:
    """The binary archives in a one-line `sources.list` (sources.list(5))."""
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if not words or words[0] != "deb":
            continue
        words = words[1:]
        if words[0].startswith("["):
            last_option = next(index for index, word in enumerate(words) if word.endswith("]"))
            words = words[last_option + 1 :]
        uri, suite, *components = words
        yield AptSource(uri, suite, tuple(components))


def parse_deb822(text: str) -> Iterator[AptSource]:
    """The enabled binary archives in a deb822 `.sources` file (sources.list(5))."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    for stanza in "\n".join(line if line.strip() else "" for line in lines).split("\n\n"):
        fields: dict[str, str] = {}
        name = ""
        for line in stanza.splitlines():
            if line[:1].isspace():
                fields[name] += " " + line.strip()
            elif line:
                name, _, value = line.partition(":")
                name = name.lower()
                fields[name] = value.strip()
        if "deb" not in fields.get("types", "").split() or fields.get("enabled", "yes").lower() == "no":
            continue
        for uri in fields.get("uris", "").split():
            for suite in fields.get("suites", "").split():
                yield AptSource(uri, suite, tuple(fields.get("components", "").split()))


def distribution_sources() -> tuple[str, list[AptSource]]:
    """The machine's codename, and the archives of its own distribution: third parties' are left out."""
    codename = platform.freedesktop_os_release().get("VERSION_CODENAME", "")
    suites = (codename, f"{codename}-updates", f"{codename}-security")
    apt = Path("/etc/apt")
    found = [
        source
        for path in (apt / "sources.list", *sorted((apt / "sources.list.d").glob("*.list")))
        if path.is_file()
        for source in parse_list(path.read_text())
    ]
    for path in sorted((apt / "sources.list.d").glob("*.sources")):
        found += parse_deb822(path.read_text())
    return codename, [
        source
        for source in found
        if source.suite in suites and "main" in source.components and source.uri.startswith("http")
    ]


def apt_settings() -> str:
    """The machine's proxy and network settings of apt, from its configuration and its environment."""
    dump = output("apt-config", "dump")
    lines = [line for line in dump.splitlines() if line.startswith(APT_SETTINGS) and "Auto-Detect" not in line]
    for scheme in ("http", "https"):
        proxy = os.environ.get(f"{scheme}_proxy")
        if proxy:
            lines.append(f'Acquire::{scheme}::Proxy "{proxy}";')
    return "\n".join([*lines, ""])


def cache_directory() -> Path:
    """Where things that take long to make are kept between test runs."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    directory = Path(home) / "leaninspect-tests"
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def keep(made: Path, folder: Path) -> None:
    """Put a folder into the cache, unless another process has been quicker."""
    try:
        made.rename(folder)
    except OSError:
        if not folder.exists():
            raise


def recipe(*parts: object) -> str:
    """What a thing in the cache is made of, in twelve digits: what is made otherwise has another name."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


def make_debian(engine: Engine) -> str:
    """The tag of a minimal Debian or Ubuntu, whichever the machine is, with an apt that works as the machine's does.

    Raises NoBaseError where it cannot be made.
    """
    return make_release(engine, DEBIAN_TAG, distribution_sources()[0])


def make_release(engine: Engine, tag: str, codename: str, include: Sequence[str] = ()) -> str:
    """The same of a release of the machine's distribution, with some packages more, under this tag."""
    own, sources = distribution_sources()
    root = f"{tag}-root"
    engine.docker("import", str(_debootstrapped(codename, include)), root)

    released = [AptSource(each.uri, each.suite.replace(own, codename), each.components) for each in sources]
    files = {"sources.list": _sources_list(released), "machine.conf": apt_settings().encode()}
    dockerfile = f"FROM {root}\nCOPY sources.list /etc/apt/\nCOPY machine.conf /etc/apt/apt.conf.d/00machine\n"
    if any(source.uri.startswith("https:") for source in sources) and CERTIFICATES.exists():
        files["certificates"] = CERTIFICATES.read_bytes()
        dockerfile += f"COPY certificates {CERTIFICATES}\n"
    engine.build(tag, dockerfile, files, buildkit=False)
    return tag


def newer_engine() -> Path:
    """The tar of a system with a Docker Engine that reads here-documents: the next release of Debian has one.

    Raises NoBaseError where it cannot be made.
    """
    return _debootstrapped(NEXT_RELEASE, ("docker.io",))


def make_slim(engine: Engine) -> str:
    """The tag of the same with what Debian's official slim image sets and leaves out, in one layer of about 75 MB.

    pip and npm work in it as the machine's do. Raises NoBaseError where it cannot be made.
    """
    _, sources = distribution_sources()
    reached = f'{apt_settings()}Acquire::https::CAInfo "{CERTIFICATES_INSIDE}";\n'
    files = language_settings(CERTIFICATES) | {
        "etc/apt/sources.list": _sources_list(sources),
        "etc/apt/apt.conf.d/00machine": reached.encode(),
    }
    tar = engine.root / "slim.tar"
    shutil.copyfile(_slim_root(), tar)
    with tarfile.open(tar, "a") as archive:
        for path, content in files.items():
            member = _member(path, tarfile.REGTYPE, 0o644)
            member.size = len(content)
            archive.addfile(member, BytesIO(content))
    engine.docker("import", "--change", 'CMD ["bash"]', str(tar), SLIM_TAG)
    tar.unlink()
    return SLIM_TAG


def _slim_root() -> Path:
    """A tar of the slim root file system without sources of apt, from the cache or made now."""
    whole = _debootstrapped(distribution_sources()[0])
    tar = whole.with_name(f"{whole.stem}-slim.tar")
    if not tar.exists():
        with tempfile.TemporaryDirectory(dir=tar.parent) as directory:
            root, unfinished = Path(directory) / "root", Path(directory) / "tar"
            root.mkdir()
            output("tar", "--numeric-owner", "-C", str(root), "-xpf", str(whole))
            make_slim_root(root)
            output(
                "tar",
                "--numeric-owner",
                "-C",
                str(root),
                "--exclude=./etc/apt/sources.list",
                "-cf",
                str(unfinished),
                ".",
            )
            unfinished.rename(tar)
    return tar


def _sources_list(sources: list[AptSource]) -> bytes:
    return "".join(f"deb {each.uri} {each.suite} {' '.join(each.components)}\n" for each in sources).encode()


def _debootstrapped(codename: str, include: Sequence[str] = ()) -> Path:
    """A tar of a minimal root file system, from the cache or made now (about 25 s)."""
    own, sources = distribution_sources()
    mirrors = [source.uri for source in sources if source.suite == own]
    if not mirrors:
        raise NoBaseError("apt's sources name no http mirror of this machine's own distribution")
    tar = cache_directory() / f"{'-'.join([codename, platform.machine(), *include])}.tar"
    if tar.exists():
        return tar
    if shutil.which("debootstrap") is None:
        raise NoBaseError("debootstrap is not installed (Debian: apt-get install debootstrap)")
    with tempfile.TemporaryDirectory(dir=tar.parent) as directory:
        root = Path(directory) / "root"
        unfinished = Path(directory) / "tar"
        more = [f"--include={','.join(include)}"] if include else []
        output("debootstrap", "--variant=minbase", *more, codename, str(root), mirrors[0])
        left_out = [f"--exclude=./{pattern}" for pattern in NOT_OF_THE_SYSTEM]
        output("tar", "--numeric-owner", "-C", str(root), *left_out, "-cf", str(unfinished), ".")
        unfinished.rename(tar)
    return tar


def make_busybox(engine: Engine) -> str:
    """The tag of an image of one static busybox and its applets: 2 MB, so that builds take no time.

    Raises NoBaseError where no static busybox can be had.
    """
    busybox = _static_busybox()
    tar = engine.root / "busybox.tar"
    tar.write_bytes(_busybox_root(busybox.read_bytes(), output(str(busybox), "--list").split()))
    engine.docker("import", str(tar), BUSYBOX_TAG)
    return BUSYBOX_TAG


def _static_busybox() -> Path:
    """The machine's busybox where it is static, else the one of Debian's package busybox-static."""
    installed = shutil.which("busybox", path="/bin:/usr/bin")
    if installed and subprocess.run(["ldd", installed], capture_output=True, check=False).returncode:
        return Path(installed)
    kept = cache_directory() / f"busybox-{platform.machine()}"
    if kept.exists():
        return kept
    with tempfile.TemporaryDirectory(dir=kept.parent) as directory:
        output("apt-get", "download", "busybox-static", cwd=directory)
        package = next(Path(directory).glob("*.deb"))
        output("dpkg-deb", "--extract", str(package), directory)
        next(Path(directory).glob("**/bin/busybox")).rename(kept)
    return kept


def _busybox_root(busybox: bytes, applets: list[str]) -> bytes:
    """The tar of a root file system: busybox, a symlink for each applet, users, and the usual directories."""
    buffer = BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for directory, mode in (("bin", 0o755), ("etc", 0o755), ("root", 0o700), ("tmp", 0o1777)):
            tar.addfile(_member(directory, tarfile.DIRTYPE, mode))
        for name, content, mode in (
            ("bin/busybox", busybox, 0o755),
            ("etc/passwd", b"root:x:0:0:root:/root:/bin/sh\n", 0o644),
            ("etc/group", b"root:x:0:\n", 0o644),
        ):
            member = _member(name, tarfile.REGTYPE, mode)
            member.size = len(content)
            tar.addfile(member, BytesIO(content))
        for applet in applets:
            if applet != "busybox":
                member = _member(f"bin/{applet}", tarfile.SYMTYPE, 0o777)
                member.linkname = "busybox"
                tar.addfile(member)
    return buffer.getvalue()


def _member(name: str, kind: bytes, mode: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.mode = kind, mode
    return member


def output(*command: str, cwd: str | None = None) -> str:
    """stdout of a command; NoBaseError with the end of its outputs when it fails or does not exist."""
    try:
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise NoBaseError(f"{command[0]} is not installed") from error
    if done.returncode:
        end = (done.stdout + done.stderr).splitlines()[-10:]
        raise NoBaseError("\n".join([f"{' '.join(command)} failed:", *end]))
    return done.stdout
