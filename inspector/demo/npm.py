"""The application, and what `npm ci` makes of its lock file: modules, a native addon, caches.

Sizes are real bytes.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from inspector.demo.archive import Member, directory, hardlink, symlink
from inspector.demo.build import Tree, written
from inspector.demo.generated import generated, spread
from inspector.demo.node import NODE_HEADERS, NODE_VERSION

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

APP = "app"
CACHE = "root/.npm/_cacache"
GYP_CACHE = f"root/.cache/node-gyp/{NODE_VERSION}"
"""Where node-gyp keeps the headers it downloads, though the image already has the same ones."""

ADDON = "bcrypt"
"""The module whose native addon is why the build needs make, g++ and python3."""

ROOT = {"name": "lean-demo", "version": "1.0.0"}
ASKED_FOR = ("bcrypt", "express", "lodash", "moment")

SERVER = b"""\
const express = require('express');
const routes = require('./lib/routes');

express().use(routes).listen(process.env.PORT || 3000);
"""

ROUTES = b"""\
const bcrypt = require('bcrypt');
const moment = require('moment');
const { Router } = require('express');

const routes = new Router();
routes.get('/', (request, response) => response.json({ now: moment().format() }));
routes.get('/hash/:word', async ({ params }, response) => response.send(await bcrypt.hash(params.word, 10)));
module.exports = routes;
"""


class Module(Struct, frozen=True):
    """A module of the lock file: its unpacked size in real bytes, and the modules it requires."""

    name: str
    version: str
    size: int
    requires: str = ""

    @property
    def folder(self) -> str:
        return f"{APP}/node_modules/{self.name}"

    @property
    def tarball(self) -> bytes:
        """What the registry sends; a quarter of the unpacked size."""
        return generated(f"{self.name}-{self.version}.tgz", self.size // 4).content

    @property
    def locked(self) -> dict[str, Any]:
        """The module's entry in the lock file."""
        digest = base64.b64encode(hashlib.sha512(self.tarball).digest()).decode()
        entry: dict[str, Any] = {
            "version": self.version,
            "resolved": f"https://registry.npmjs.org/{self.name}/-/{self.name}-{self.version}.tgz",
            "integrity": f"sha512-{digest}",
        }
        if self.name == ADDON:
            entry["hasInstallScript"] = True
        if self.requires:
            entry["dependencies"] = _ranges(self.requires.split())
        return entry


MODULES = (
    Module("accepts", "1.3.4", 17_000, "mime-types"),
    Module("bcrypt", "1.0.3", 310_000, "nan"),
    Module("body-parser", "1.18.2", 63_000, "debug iconv-lite qs"),
    Module("cookie", "0.3.1", 21_000),
    Module("debug", "2.6.9", 82_000, "ms"),
    Module("express", "4.16.2", 222_000, "accepts body-parser cookie debug qs send"),
    Module("iconv-lite", "0.4.19", 344_000),
    Module("lodash", "4.17.4", 2_360_000),
    Module("mime", "1.4.1", 61_000),
    Module("mime-types", "2.1.17", 160_000),
    Module("moment", "2.20.1", 3_000_000),
    Module("ms", "2.0.0", 12_000),
    Module("nan", "2.6.2", 406_000),
    Module("qs", "6.5.1", 148_000),
    Module("send", "0.16.1", 48_000, "debug mime ms"),
)

COMMON_FILES = "LICENSE README.md index.js"
MORE_FILES = {
    "bcrypt": "binding.gyp bcrypt.js src/bcrypt.cc src/bcrypt_node.cc src/blowfish.cc",
    "body-parser": "lib/read.js lib/types/json.js lib/types/raw.js",
    "debug": "src/browser.js src/debug.js src/node.js",
    "express": "lib/application.js lib/express.js lib/request.js lib/response.js lib/router/index.js",
    "iconv-lite": "encodings/dbcs-data.js encodings/sbcs-data.js lib/streams.js",
    "lodash": "core.js fp.js lodash.js lodash.min.js map.js reduce.js zip.js",
    "mime": "cli.js types.json",
    "moment": "moment.js min/moment-with-locales.js locale/de.js locale/fr.js locale/ja.js",
    "nan": "nan.h nan_callbacks.h nan_converters.h nan_new.h nan_weak.h",
    "qs": "dist/qs.js lib/parse.js lib/stringify.js",
}


def manifest_files() -> tuple[Member, ...]:
    """What `COPY package.json package-lock.json ./` brings."""
    root = ROOT | {"dependencies": _ranges(ASKED_FOR)}
    return (
        Member(f"{APP}/package.json", _json(root | {"private": True, "scripts": {"start": "node server.js"}})),
        Member(f"{APP}/package-lock.json", _json(_lock({"": root} | _locked_modules()))),
    )


def server_files() -> tuple[Member, ...]:
    """What `COPY server.js ./` brings."""
    return (Member(f"{APP}/server.js", SERVER),)


def library_files() -> tuple[Member, ...]:
    """What `COPY lib ./lib` brings."""
    return directory(f"{APP}/lib"), Member(f"{APP}/lib/routes.js", ROUTES)


def installed(tree: Tree, now: int) -> Tree:
    """The tree after `npm ci`, which compiles the addon and fills two caches in root's home."""
    modules = (member for module in MODULES for member in _module_files(module))
    cached = (member for module in MODULES for member in _cache_files(module))
    hidden_lock = Member(f"{APP}/node_modules/.package-lock.json", _json(_lock(_locked_modules())), mtime=now)
    headers = (
        replace(member, path=member.path.replace(NODE_HEADERS, f"{GYP_CACHE}/include/node", 1), mtime=now)
        for path, member in tree.items()
        if path.startswith(f"{NODE_HEADERS}/") and member.kind == "file"
    )
    tree = written(tree, (hidden_lock, *modules, *_addon_files(), *cached, *headers))
    return written(tree, (symlink(f"{APP}/node_modules/.bin/mime", "../mime/cli.js"),))


def _module_files(module: Module) -> Iterator[Member]:
    about: dict[str, Any] = {"name": module.name, "version": module.version, "license": "MIT"}
    if module.requires:
        about["dependencies"] = _ranges(module.requires.split())
    yield Member(f"{module.folder}/package.json", _json(about))
    yield from spread(module.folder, f"{COMMON_FILES} {MORE_FILES.get(module.name, '')}", module.size)


def _addon_files() -> tuple[Member, ...]:
    """What node-gyp leaves in the addon's folder; its make rules copy the result by a hardlink."""
    build = f"{APP}/node_modules/{ADDON}/build"
    addon = generated(f"{build}/Release/bcrypt_lib.node", 1_250_000, mode=0o755)
    return (
        *spread(build, "Makefile binding.Makefile bcrypt_lib.target.mk config.gypi", 43_000),
        addon,
        hardlink(f"{build}/Release/obj.target/bcrypt_lib.node", addon.path, mode=0o755),
        *spread(f"{build}/Release/obj.target/bcrypt_lib/src", "bcrypt.o bcrypt_node.o blowfish.o", 1_400_000),
    )


def _cache_files(module: Module) -> Iterator[Member]:
    """npm's cache: the tarball named by its SHA-512, and an index entry by the SHA-256 of its key."""
    content = hashlib.sha512(module.tarball).hexdigest()
    key = f"make-fetch-happen:request-cache:{module.locked['resolved']}"
    name = hashlib.sha256(key.encode()).hexdigest()
    entry = json.dumps({"key": key, "integrity": module.locked["integrity"], "size": len(module.tarball)})
    line = f"\n{hashlib.sha1(entry.encode(), usedforsecurity=False).hexdigest()}\t{entry}"
    yield Member(f"{CACHE}/content-v2/sha512/{content[:2]}/{content[2:4]}/{content[4:]}", module.tarball)
    yield Member(f"{CACHE}/index-v5/{name[:2]}/{name[2:4]}/{name[4:]}", line.encode())


@cache
def _locked_modules() -> dict[str, Any]:
    return {f"node_modules/{module.name}": module.locked for module in MODULES}


def _lock(packages: dict[str, Any]) -> dict[str, Any]:
    return {**ROOT, "lockfileVersion": 3, "requires": True, "packages": packages}


def _ranges(names: Collection[str]) -> dict[str, str]:
    return {module.name: f"^{module.version}" for module in MODULES if module.name in names}


def _json(value: Any) -> bytes:
    return f"{json.dumps(value, indent=2)}\n".encode()
