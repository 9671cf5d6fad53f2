"""What the usual commands of a RUN leave in an image, without running them: enough for findings with patches to arise.

Sizes are a few megabytes. A command that is not known here does nothing.
"""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatchcase
from itertools import pairwise

import msgspec

from inspector.demo.archive import Member
from tests.unit.packages.inventories import dpkg_list, stanza

Files = dict[str, Member]

STATUS, MARKS = "var/lib/dpkg/status", "var/lib/apt/extended_states"

PACKAGE_BYTES = 600_000
CACHE_BYTES = 1_500_000

DEPENDS = {
    "build-essential": ("dpkg-dev", "g++", "gcc", "libc6-dev", "make"),
    "cmake": ("cmake-data",),
    "g++": ("gcc", "libstdc++-12-dev"),
    "gcc": ("binutils", "cpp", "libc6-dev"),
    "golang-go": ("golang-src",),
    "libpq-dev": ("libpq5",),
    "libxml2-dev": ("libxml2",),
    "python3-dev": ("python3", "libpython3-dev"),
    "python3-pip": ("python3",),
    "rustc": ("gcc", "libstd-rust-dev"),
}

ESSENTIAL = ("apt", "base-files", "bash", "coreutils", "dpkg", "libc6")

CACHES = {
    # (program, one of these words) → what it leaves
    ("pip", "install"): "root/.cache/pip/http/a/b/wheel",
    ("npm", "ci install i"): "root/.npm/_cacache/content-v2/sha512/a/b",
    ("yarn", "install add"): "usr/local/share/.cache/yarn/v6/npm-a/index.js",
    ("pnpm", "install i"): "root/.local/share/pnpm/store/v3/files/00/a",
    ("go", "build install mod get"): "root/.cache/go-build/00/a-d",
    ("cargo", "build install fetch"): "root/.cargo/registry/cache/index/a.crate",
    ("mvn", "package install verify dependency:go-offline"): "root/.m2/repository/org/a/a.jar",
    ("gradle", "build bootJar assemble"): "root/.gradle/caches/modules-2/files-2.1/a.jar",
    ("composer", "install"): "root/.composer/cache/files/a.zip",
    ("gem", "install"): "usr/local/bundle/cache/a.gem",
    ("apk", "add"): "var/cache/apk/APKINDEX.00.tar.gz",
    ("dnf", "install update"): "var/cache/dnf/fedora.solv",
    ("microdnf", "install update"): "var/cache/yum/metadata/a.solv",
    ("yum", "install update"): "var/cache/yum/x86_64/7/base/a.sqlite",
    ("zypper", "install in refresh"): "var/cache/zypp/raw/oss/primary.xml.gz",
}

NO_CACHE = ("--no-cache-dir", "--no-cache")

CLEANED = {
    "apt-get clean": "var/cache/apt/archives/*.deb",
    "dnf clean": "var/cache/dnf/*",
    "microdnf clean": "var/cache/yum/*",
    "yum clean": "var/cache/yum/*",
    "zypper clean": "var/cache/zypp/*",
    "npm cache": "root/.npm/_cacache/*",
    "yarn cache": "usr/local/share/.cache/yarn/*",
    "pip cache": "root/.cache/pip/*",
}

_SEPARATORS = re.compile(r"&&|\|\||;|\||\n")
_FRONT = re.compile(r"(?:[({!]|then|do|else|sudo|exec|time|\w+=\S*)$")


def base_files(distribution: str) -> Files:
    """A base image: of Debian with its packages, of others only what they are."""
    files = _written(f"ID={distribution}\n".encode(), "etc/os-release", "bin/sh", "usr/bin/env", "usr/bin/true")
    if distribution == "debian":
        _store(files, dict.fromkeys(ESSENTIAL, ""), frozenset())
        for name in ESSENTIAL:
            files |= _package(name)
    return files


def run(script: str, files: Files, workdir: str) -> Files:
    """The files after a shell has run a script."""
    after, folder = dict(files), workdir
    for words in _commands(script):
        program, arguments = posixpath.basename(words[0]), words[1:]
        if program == "cd" and arguments:
            folder = posixpath.join(folder, arguments[0])
        elif program in _PROGRAMS:
            _PROGRAMS[program](arguments, after, folder)
        _clean(program, arguments, after)
        _leave_cache(program, arguments, after)
    return after


def _commands(script: str) -> Iterator[list[str]]:
    for part in _SEPARATORS.split(script):
        try:
            words = shlex.split(part, comments=True)
        except ValueError:  # a quote that a separator stands in
            words = part.split()
        while words and _FRONT.match(words[0]):
            words = words[1:]
        if words:
            yield words


def _apt(arguments: Sequence[str], files: Files, folder: str) -> None:
    verb, *names = [word.rstrip(")") for word in arguments if not word.startswith("-")] or [""]
    names = [name.partition("=")[0] for name in names if re.match(r"[a-z0-9]", name)]
    installed, automatic = _installed(files)
    if verb == "update":
        files |= _filled("var/lib/apt/lists/mirror_Packages")
        return
    if verb == "install":
        files |= _filled("var/cache/apt/archives/package.deb")
        more = [name for name in _with_needs(names) if name not in installed]
        automatic = (automatic | frozenset(more)) - frozenset(names)
        for name in more:
            files |= _package(name)
        installed |= {name: ", ".join(DEPENDS.get(name, ())) for name in more}
    elif verb in ("purge", "remove", "autoremove"):
        gone = {name for name in names if name in installed}
        if "--auto-remove" in arguments or verb == "autoremove":
            needed = _with_needs(set(installed) - gone - automatic)
            gone |= automatic - frozenset(needed)
        for name in gone:
            del installed[name]
            for path in _package(name):
                files.pop(path, None)
        automatic -= gone
    _store(files, installed, automatic)


def _mark(arguments: Sequence[str], files: Files, folder: str) -> None:
    installed, automatic = _installed(files)
    changed = frozenset(arguments[1:])
    if arguments[:1] in (["manual"], ["auto"]) and not changed & {">"}:
        marked = automatic - changed if arguments[0] == "manual" else automatic | changed
        _store(files, installed, marked)


def _remove(arguments: Sequence[str], files: Files, folder: str) -> None:
    for pattern in arguments:
        if not pattern.startswith("-"):
            _delete(files, _absolute(pattern, folder))


def _find(arguments: Sequence[str], files: Files, folder: str) -> None:
    if "rm" in arguments or "-delete" in arguments:
        names = [arguments[index + 1] for index, word in enumerate(arguments[:-1]) if word == "-name"] or ["*"]
        below = _absolute(arguments[0], folder)
        for path in [path for path in files if path.startswith(f"{below}/")]:
            if any(fnmatchcase(part, name) for name in names for part in path.removeprefix(below).split("/")):
                del files[path]


def _change(arguments: Sequence[str], files: Files, folder: str) -> None:
    """chmod and chown: the same content with another mode."""
    mode, *paths = [word for word in arguments if not word.startswith("-")] or [""]
    for pattern in (_absolute(path, folder) for path in paths if mode):
        for path in _matching(files, pattern):
            files[path] = msgspec.structs.replace(files[path], mode=0o750)


def _download(arguments: Sequence[str], files: Files, folder: str) -> None:
    for option, target in pairwise(arguments):
        if re.fullmatch(r"-[a-zA-Z]*[oO]|--output", option) and not target.startswith(("-", "http")):
            files |= _filled(_absolute(target, folder))
        elif re.fullmatch(r"-[a-zA-Z]*O", option) and target.startswith("http"):
            files |= _filled(_absolute(posixpath.basename(target), folder))


_PROGRAMS: dict[str, Callable[[Sequence[str], Files, str], None]] = {
    "apt": _apt,
    "apt-get": _apt,
    "apt-mark": _mark,
    "chmod": _change,
    "chown": _change,
    "curl": _download,
    "find": _find,
    "rm": _remove,
    "wget": _download,
}


def _clean(program: str, arguments: Sequence[str], files: Files) -> None:
    if arguments and (pattern := CLEANED.get(f"{program} {arguments[0]}")):
        _delete(files, pattern)


def _leave_cache(program: str, arguments: Sequence[str], files: Files) -> None:
    name = {"pip3": "pip", "mvnw": "mvn", "gradlew": "gradle"}.get(program, program)
    if name.startswith("python") and arguments[:2] == ["-m", "pip"]:
        name = "pip"
    for (manager, verbs), path in CACHES.items():
        if name == manager and set(verbs.split()) & set(arguments) and not set(NO_CACHE) & set(arguments):
            files |= _filled(path)


def _with_needs(names: Sequence[str] | set[str]) -> list[str]:
    found: dict[str, None] = {}
    todo = list(names)
    while todo:
        name = todo.pop()
        if name not in found:
            found[name] = None
            todo += DEPENDS.get(name, ())
    return sorted(found)


def _installed(files: Files) -> tuple[dict[str, str], frozenset[str]]:
    """Installed packages with what they need, and those that are marked as automatic."""
    status = files[STATUS].content.decode() if STATUS in files else ""
    marks = files[MARKS].content.decode() if MARKS in files else ""
    packages = {
        found[1]: found[2] or "" for found in re.finditer(r"Package: (\S+)\n(?:.+\n)*?(?:Depends: (.+)\n)?\n", status)
    }
    return packages, frozenset(re.findall(r"Package: (\S+)\n", marks))


def _store(files: Files, installed: dict[str, str], automatic: frozenset[str]) -> None:
    status = "".join(
        stanza(name, **({"Essential": "yes"} if name in ESSENTIAL else {}), **({"Depends": needs} if needs else {}))
        for name, needs in sorted(installed.items())
    )
    marks = "".join(f"Package: {name}\nArchitecture: amd64\nAuto-Installed: 1\n\n" for name in sorted(automatic))
    files |= _written(status.encode(), STATUS) | _written(marks.encode(), MARKS)


def _package(name: str) -> Files:
    owned = f"usr/bin/{name}"
    listed = dpkg_list(owned).encode()
    return _filled(owned, PACKAGE_BYTES) | _written(listed, f"var/lib/dpkg/info/{name}.list")


def _filled(path: str, size: int = CACHE_BYTES) -> Files:
    return _written(path.encode().ljust(size, b"."), path)


def _written(content: bytes, *paths: str) -> Files:
    return {path: Member(path, content) for path in paths}


def _absolute(path: str, folder: str) -> str:
    home = re.sub(r"^(?:~|\$HOME|\$\{HOME\})(?=/|$)", "/root", path)
    return posixpath.normpath(posixpath.join(folder, home)).lstrip("/")


def _matching(files: Files, pattern: str) -> list[str]:
    return [path for path in files if fnmatchcase(path, pattern) or fnmatchcase(path, f"{pattern}/*")]


def _delete(files: Files, pattern: str) -> None:
    for path in _matching(files, pattern):
        del files[path]
