"""The fat and the lean image, as the article builds them."""

from __future__ import annotations

from msgspec.structs import replace

from inspector.demo import npm
from inspector.demo.alpine import base_packages
from inspector.demo.apk import Package, virtual, with_world, world_of
from inspector.demo.archive import Member, directory, image_archive
from inspector.demo.build import Build, Change, Tree, owned, removed, written
from inspector.demo.node import ENVIRONMENT, node_image
from inspector.demo.toolchain import toolchain_packages

FAT_DOCKERFILE = """\
FROM node:8-alpine
WORKDIR /app
RUN apk add --no-cache make g++ python3
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN chown -R 1000:1000 /app
RUN apk del make g++ python3
RUN rm -rf /root/.npm
CMD ["node", "server.js"]
"""
"""The build tools go in another layer than the one they came in, and so do the cache and the owners."""

LEAN_DOCKERFILE = """\
FROM node:8-alpine
WORKDIR /app
COPY --chown=1000:1000 package.json package-lock.json ./
RUN apk add --no-cache --virtual .build-deps make g++ python3 \\
 && npm ci \\
 && chown -R 1000:1000 node_modules \\
 && apk del .build-deps \\
 && rm -rf /root/.npm /root/.cache
COPY --chown=1000:1000 server.js ./
COPY --chown=1000:1000 lib ./lib
CMD ["node", "server.js"]
"""
"""Whatever does not belong in the image comes and goes within one RUN; owners are right from the start."""

CREATED = "2018-01-01T00:00:00Z"
TOOLS = ("make", "g++", "python3")
BUILD_DEPS = ".build-deps"

USER = 1000
"""Who the application belongs to, user and group: a number needs no entry in etc/passwd."""


def fat_archive() -> bytes:
    """The `docker save` file of `demo:fat`."""
    build = node_image().dockerfile(
        FAT_DOCKERFILE,
        _copy(directory(npm.APP)),
        _add_tools,
        _copy(*npm.manifest_files()),
        npm.installed,
        _copy(*npm.manifest_files(), *npm.server_files(), *npm.library_files()),
        _chown(npm.APP),
        _delete_tools,
        _remove("root/.npm"),
        None,
    )
    return _archive("demo:fat", build)


def lean_archive() -> bytes:
    """The `docker save` file of `demo:lean`."""
    build = node_image().dockerfile(
        LEAN_DOCKERFILE,
        _copy(directory(npm.APP)),
        _copy(*npm.manifest_files(), owner=USER),
        _all_in_one,
        _copy(*npm.server_files(), owner=USER),
        _copy(*npm.library_files(), owner=USER),
        None,
    )
    return _archive("demo:lean", build)


def _add_tools(tree: Tree, now: int) -> Tree:
    return with_world(tree, (*world_of(tree), *TOOLS), _catalogue(), now)


def _delete_tools(tree: Tree, now: int) -> Tree:
    return with_world(tree, (name for name in world_of(tree) if name not in TOOLS), _catalogue(), now)


def _all_in_one(tree: Tree, now: int) -> Tree:
    """The RUN of the lean image, command by command."""
    asked_for = world_of(tree)
    catalogue = (*_catalogue(), virtual(BUILD_DEPS, " ".join(TOOLS)))
    tree = with_world(tree, (*asked_for, BUILD_DEPS), catalogue, now)
    tree = npm.installed(tree, now)
    tree = owned(tree, f"{npm.APP}/node_modules", USER, USER)
    tree = with_world(tree, asked_for, catalogue, now)
    return removed(tree, "root/.npm", "root/.cache")


def _copy(*members: Member, owner: int = 0) -> Change:
    return lambda tree, _: written(tree, (replace(member, uid=owner, gid=owner) for member in members))


def _chown(top: str) -> Change:
    return lambda tree, _: owned(tree, top, USER, USER)


def _remove(path: str) -> Change:
    return lambda tree, _: removed(tree, path)


def _catalogue() -> tuple[Package, ...]:
    return base_packages() + toolchain_packages()


def _archive(tag: str, build: Build) -> bytes:
    run = {"Env": list(ENVIRONMENT), "Cmd": ["node", "server.js"], "WorkingDir": f"/{npm.APP}"}
    return image_archive(tag, build.steps, created=CREATED, run=run)
