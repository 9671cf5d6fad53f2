"""The official `node:8-alpine` image: Alpine, then Node.js with npm, then Yarn. Sizes are real bytes.

Its layers are shared by the demo's images, and its history is the classic builder's.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache

from inspector.demo import alpine
from inspector.demo.apk import with_world
from inspector.demo.archive import Member, symlink
from inspector.demo.build import Build, Tree, written
from inspector.demo.generated import generated, spread

NODE_VERSION = "8.9.4"
YARN_VERSION = "1.3.2"

ENVIRONMENT = (
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    f"NODE_VERSION={NODE_VERSION}",
    f"YARN_VERSION={YARN_VERSION}",
)

NODE_HEADERS = "usr/local/include/node"

HEADER_NAMES = """
    common.gypi config.gypi node.h node_api.h node_buffer.h node_object_wrap.h node_version.h uv.h uv-unix.h
    v8.h v8-debug.h v8-platform.h v8-profiler.h v8-util.h v8config.h zlib.h zconf.h openssl/bio.h
    openssl/crypto.h openssl/evp.h openssl/rsa.h openssl/ssl.h openssl/x509.h
"""

NPM_NAMES = """
    LICENSE README.md bin/npm-cli.js bin/npx-cli.js lib/cache.js lib/ci.js lib/config.js
    lib/install.js lib/npm.js lib/pack.js lib/publish.js lib/run-script.js lib/search.js lib/shrinkwrap.js
    lib/utils/error-handler.js man/man1/npm.1 man/man1/npm-ci.1 man/man1/npm-install.1 man/man5/package.json.5
"""

NPM_MODULES = "cacache glob graceful-fs libcipm node-gyp npm-registry-client pacote readable-stream request semver tar"

NODE_COMMAND = (
    "apk add --no-cache libstdc++"
    "     && apk add --no-cache --virtual .build-deps binutils-gold curl g++ gcc gnupg"
    " libgcc linux-headers make python"
    '     && curl -SLO "https://nodejs.org/dist/v$NODE_VERSION/node-v$NODE_VERSION.tar.xz"'
    "     && ./configure     && make -j$(getconf _NPROCESSORS_ONLN)     && make install"
    "     && apk del .build-deps"
)

YARN_COMMAND = (
    "apk add --no-cache --virtual .build-deps-yarn curl gnupg tar"
    '   && curl -fSLO "https://yarnpkg.com/downloads/$YARN_VERSION/yarn-v$YARN_VERSION.tar.gz"'
    "   && tar -xzf yarn-v$YARN_VERSION.tar.gz -C /opt/"
    "   && ln -s /opt/yarn-v$YARN_VERSION/bin/yarn /usr/local/bin/yarn"
    "   && apk del .build-deps-yarn"
)


@cache
def node_image() -> Build:
    """The image that both Dockerfiles start from."""
    context = hashlib.sha256(b"alpine-minirootfs-3.7.0-x86_64").hexdigest()
    build = Build()
    build = build.then(f"/bin/sh -c #(nop) ADD file:{context} in / ", _alpine)
    build = build.then('/bin/sh -c #(nop)  CMD ["sh"]')
    build = build.then(f"/bin/sh -c #(nop)  ENV NODE_VERSION={NODE_VERSION}")
    build = build.then(f"/bin/sh -c {NODE_COMMAND}", _node)
    build = build.then(f"/bin/sh -c #(nop)  ENV YARN_VERSION={YARN_VERSION}")
    build = build.then(f"/bin/sh -c {YARN_COMMAND}", _yarn)
    return build.then('/bin/sh -c #(nop)  CMD ["node"]')


def _alpine(tree: Tree, now: int) -> Tree:
    tree = with_world(tree, alpine.WORLD, alpine.base_packages(), now)
    return written(tree, alpine.applet_links())


def _node(tree: Tree, now: int) -> Tree:
    tree = with_world(tree, (*alpine.WORLD, "libstdc++"), alpine.base_packages(), now)
    npm = "usr/local/lib/node_modules/npm"
    return written(
        tree,
        (
            generated("usr/local/bin/node", 35_600_000, mode=0o755),
            symlink("usr/local/bin/npm", "../lib/node_modules/npm/bin/npm-cli.js"),
            symlink("usr/local/bin/npx", "../lib/node_modules/npm/bin/npx-cli.js"),
            *spread(NODE_HEADERS, HEADER_NAMES, 1_950_000),
            _manifest(npm, "npm", "5.7.1"),
            *spread(npm, NPM_NAMES, 1_800_000),
            *spread(f"{npm}/node_modules", " ".join(f"{name}/index.js" for name in NPM_MODULES.split()), 4_800_000),
            generated("usr/local/share/man/man1/node.1", 15_000),
        ),
    )


def _yarn(tree: Tree, now: int) -> Tree:
    tree = with_world(tree, (*alpine.WORLD, "libstdc++"), alpine.base_packages(), now)
    yarn = f"opt/yarn-v{YARN_VERSION}"
    return written(
        tree,
        (
            _manifest(yarn, "yarn", YARN_VERSION),
            *spread(yarn, "bin/yarn bin/yarnpkg", 3_000, mode=0o755),
            *spread(yarn, "LICENSE README.md lib/cli.js lib/v8-compile-cache.js", 4_300_000),
            symlink("usr/local/bin/yarn", f"/{yarn}/bin/yarn"),
            symlink("usr/local/bin/yarnpkg", f"/{yarn}/bin/yarnpkg"),
        ),
    )


def _manifest(folder: str, name: str, version: str) -> Member:
    return Member(f"{folder}/package.json", json.dumps({"name": name, "version": version}, indent=2).encode())
