"""The demo's images, read with the standard library alone; layers are applied in the plainest way."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
from collections import Counter
from dataclasses import dataclass
from posixpath import dirname, join, normpath
from typing import Any

import pytest

from inspector.demo import FAT_DOCKERFILE, LEAN_DOCKERFILE, fat_archive, lean_archive
from inspector.demo.apk import Package, solve, stanza, virtual
from inspector.demo.archive import Member, directory, hardlink, symlink
from inspector.demo.build import Build, difference, instructions, removed, written

FAT_ID = "b53761f0c49f93480d3634970f05b491f1eda8ea985bf1fb83d08e433243e2ff"
LEAN_ID = "78dff8baec75d853068398e82ed1369c300ac41deee225584580a03928fd5fb8"

DATABASE = "lib/apk/db/installed"
BASE_PACKAGES = {
    *(
        "alpine-baselayout",
        "alpine-keys",
        "apk-tools",
        "busybox",
        "libc-utils",
        "libgcc",
        "libressl2.6-libcrypto",
    ),
    *("libressl2.6-libssl", "libstdc++", "musl", "musl-utils", "scanelf", "zlib"),
}


@dataclass(frozen=True)
class Entry:
    """What is at a path: the tar header, the bytes (a hardlink's are its target's), and the layer."""

    info: tarfile.TarInfo
    content: bytes
    layer: int

    @property
    def identity(self) -> tuple[Any, ...]:
        return self.info.type, self.info.mode, self.info.uid, self.info.gid, self.info.linkname, self.content


class Image:
    """A `docker save` file with its layers applied one after another."""

    def __init__(self, archive: bytes) -> None:
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            files = {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]
        (self.manifest,) = json.loads(files["manifest.json"])
        self.id = hashlib.sha256(files[self.manifest["Config"]]).hexdigest()
        self.config = json.loads(files[self.manifest["Config"]])
        self.blobs = [files[name] for name in self.manifest["Layers"]]
        self.layers = [_members(blob) for blob in self.blobs]
        self.sizes = [sum(info.size for info, _ in layer) for layer in self.layers]
        self.texts = [step["created_by"] for step in self.config["history"]]
        self.fates: Counter[str] = Counter()
        self.hidden: set[str] = set()
        self.trees: list[dict[str, Entry]] = []
        for index, layer in enumerate(self.layers):
            self.trees.append(self._applied(dict(self.trees[-1]) if self.trees else {}, layer, index))
        self.tree = self.trees[-1]
        self.fates["live"] = sum(entry.info.size for entry in self.tree.values())

    def _applied(
        self, tree: dict[str, Entry], layer: list[tuple[tarfile.TarInfo, bytes]], index: int
    ) -> dict[str, Entry]:
        for info, _ in layer:
            if is_whiteout(info.name):
                top = info.name.replace(".wh.", "")
                for path in [path for path in tree if f"{path}/".startswith(f"{top}/")]:
                    self._hide(path, tree.pop(path), "deleted" if path == top else "deleted_tree")
        for info, content in layer:
            if not is_whiteout(info.name):
                if info.islnk():
                    content = tree[info.linkname].content
                if old := tree.get(info.name):
                    self._hide(info.name, old, "recopied" if content == old.content else "overwritten")
                tree[info.name] = Entry(info, content, index)
        return tree

    def _hide(self, path: str, old: Entry, fate: str) -> None:
        self.fates[fate] += old.info.size
        if old.info.size:
            self.hidden.add(path)


def _members(blob: bytes) -> list[tuple[tarfile.TarInfo, bytes]]:
    with tarfile.open(fileobj=io.BytesIO(blob)) as tar:
        return [(info, tar.extractfile(info).read() if info.isreg() else b"") for info in tar]  # type: ignore[union-attr]


def is_whiteout(path: str) -> bool:
    return path.rpartition("/")[2].startswith(".wh.")


def stanzas(tree: dict[str, Entry]) -> list[dict[str, Any]]:
    """The database of installed packages: fields, and under `files` path → (permissions, checksum)."""
    packages = []
    for text in tree[DATABASE].content.decode().strip().split("\n\n"):
        fields: dict[str, Any] = {"files": {}}
        for line in text.splitlines():
            key, _, value = line.partition(":")
            if key == "F":
                folder = value
            elif key == "R":
                path, mode = f"{folder}/{value}", "0:0:644"
            elif key == "a":
                mode = value
            elif key == "Z":
                fields["files"][path] = (mode, value)
            else:
                fields[key] = value
        packages.append(fields)
    return packages


def described(entry: Entry) -> tuple[str, str]:
    """What the database should say of a file: its permissions and checksum."""
    content = entry.info.linkname.encode() if entry.info.issym() else entry.content
    digest = base64.b64encode(hashlib.sha1(content).digest()).decode()
    return f"{entry.info.uid}:{entry.info.gid}:{entry.info.mode:o}", f"Q1{digest}"


@pytest.fixture(scope="module")
def fat() -> Image:
    return Image(fat_archive())


@pytest.fixture(scope="module")
def lean() -> Image:
    return Image(lean_archive())


@pytest.fixture(scope="module", params=["fat", "lean"])
def image(request: pytest.FixtureRequest) -> Image:
    built: Image = request.getfixturevalue(request.param)
    return built


# The archives


def test_the_images_have_the_same_ids_always(fat: Image, lean: Image) -> None:
    assert (fat.id, lean.id) == (FAT_ID, LEAN_ID)


def test_another_process_with_other_hashes_writes_the_same_bytes() -> None:
    code = "import sys; from inspector.demo import *; sys.stdout.buffer.write(fat_archive() + lean_archive())"
    environment = os.environ | {"PYTHONHASHSEED": "12345", "PYTHONPATH": os.pathsep.join(sys.path)}
    other = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
    assert other.stdout == fat_archive() + lean_archive()


def test_the_tags_are_demo_fat_and_demo_lean(fat: Image, lean: Image) -> None:
    assert (fat.manifest["RepoTags"], lean.manifest["RepoTags"]) == (["demo:fat"], ["demo:lean"])


def test_the_diff_ids_are_the_digests_of_the_layers(image: Image) -> None:
    digests = [f"sha256:{hashlib.sha256(blob).hexdigest()}" for blob in image.blobs]
    assert image.config["rootfs"] == {"type": "layers", "diff_ids": digests}


def test_every_layer_has_its_history_entry(image: Image) -> None:
    filled = [step for step in image.config["history"] if not step.get("empty_layer")]
    assert len(filled) == len(image.layers)


def test_the_container_runs_the_server_in_its_folder(image: Image) -> None:
    run = image.config["config"]
    assert (run["Cmd"], run["WorkingDir"]) == (["node", "server.js"], "/app")
    assert "app/server.js" in image.tree


# The sizes


def test_the_fat_image_is_218_to_67_1_of_the_lean_one(fat: Image, lean: Image) -> None:
    assert (sum(fat.sizes), sum(lean.sizes)) == (2_180_016, 670_624)
    assert sum(fat.sizes) / sum(lean.sizes) == pytest.approx(218 / 67.1, rel=0.01)


def test_the_sizes_are_a_hundredth_of_the_articles(fat: Image, lean: Image) -> None:
    assert sum(fat.sizes) == pytest.approx(2_180_000, rel=0.01)
    assert sum(lean.sizes) == pytest.approx(671_000, rel=0.01)


def test_the_layers_of_the_fat_image_are_as_large_as_their_instructions_explain(fat: Image) -> None:
    texts = [step["created_by"] for step in fat.config["history"] if not step.get("empty_layer")]
    assert list(zip((text.removesuffix(" # buildkit") for text in texts), fat.sizes, strict=True))[3:] == [
        ("WORKDIR /app", 0),
        ("RUN /bin/sh -c apk add --no-cache make g++ python3", 1_356_870),
        ("COPY package.json package-lock.json ./", 5_012),
        ("RUN /bin/sh -c npm ci", 147_022),
        ("COPY . .", 488),
        ("RUN /bin/sh -c chown -R 1000:1000 /app", 110_966),
        ("RUN /bin/sh -c apk del make g++ python3", 5_491),
        ("RUN /bin/sh -c rm -rf /root/.npm", 0),
    ]


def test_the_base_and_the_app_make_up_the_lean_image(lean: Image) -> None:
    assert lean.sizes == [45_328, 460_278, 48_561, 0, 5_012, 110_957, 133, 355]


def test_both_images_share_the_base_and_the_working_directory(fat: Image, lean: Image) -> None:
    pairs = zip(fat.config["rootfs"]["diff_ids"], lean.config["rootfs"]["diff_ids"], strict=False)
    assert [a == b for a, b in pairs] == [True] * 4 + [False] * 4


# The fates of the bytes


def test_the_fat_image_has_bytes_of_every_fate(fat: Image) -> None:
    assert fat.fates == {
        "live": 674_281,
        "overwritten": 45_885,
        "recopied": 116_457,
        "deleted": 321_173,
        "deleted_tree": 1_022_220,
    }
    assert sum(fat.fates.values()) == sum(fat.sizes)


def test_the_lean_image_hides_nothing_but_the_package_database(lean: Image) -> None:
    assert lean.hidden == {"etc/apk/world", DATABASE}
    assert lean.fates == {"live": 654_793, "overwritten": 4_849, "recopied": 10_982}


def test_chown_recopies_the_application_and_changes_no_byte(fat: Image) -> None:
    before, after = fat.trees[7], fat.trees[8]
    changed = {path for path in after if after[path].layer == 8}
    assert changed == {path for path in before if path == "app" or path.startswith("app/")}
    assert all(after[path].content == before[path].content for path in changed)
    assert {after[path].info.uid for path in changed} == {1000}


def test_both_images_run_the_same_files(fat: Image, lean: Image) -> None:
    stray = {path for path in fat.tree if f"{path}/".startswith("root/.cache/")}
    assert set(fat.tree) - stray == set(lean.tree)
    different = {path for path in lean.tree if fat.tree[path].identity != lean.tree[path].identity}
    assert different == {"app"}


def test_the_stray_cache_of_the_fat_image_duplicates_headers_of_the_base(fat: Image) -> None:
    paths: dict[bytes, list[str]] = {}
    for path, entry in fat.tree.items():
        if entry.info.isreg() and entry.info.size:
            paths.setdefault(entry.content, []).append(path)
    twice = [sorted(same) for same in paths.values() if len(same) > 1]
    assert len(twice) == 23
    cache, base = "root/.cache/node-gyp/8.9.4/include/node/", "usr/local/include/node/"
    assert all(a.removeprefix(cache) == b.removeprefix(base) for a, b in twice)


# The layers


def test_parents_stand_before_what_they_hold(image: Image) -> None:
    for layer in image.layers:
        seen = {""}
        for info, _ in layer:
            assert dirname(info.name) in seen, info.name
            seen.add(info.name)


def test_hardlinks_follow_their_file_in_the_same_layer(image: Image) -> None:
    links = 0
    for layer in image.layers:
        files: set[str] = set()
        for info, _ in layer:
            if info.isreg():
                files.add(info.name)
            if info.islnk():
                assert info.linkname in files, info.name
                links += 1
    assert links == (6 if image.manifest["RepoTags"] == ["demo:fat"] else 1)


def test_symlinks_lead_to_something(image: Image) -> None:
    for tree in image.trees:
        links = [path for path, entry in tree.items() if entry.info.issym()]
        targets = {path: normpath(join("/", dirname(path), tree[path].info.linkname)) for path in links}
        assert len(links) > 90
        assert {path for path, target in targets.items() if target[1:] not in tree} == set()


def test_every_file_of_the_toolchain_has_its_own_bytes(fat: Image) -> None:
    added = [entry for entry in fat.trees[4].values() if entry.layer == 4 and entry.info.isreg()]
    assert (len(added), len({entry.content for entry in added})) == (470, 470)


def test_a_directory_that_goes_is_one_whiteout_and_a_file_that_goes_another(fat: Image) -> None:
    names = {info.name for info, _ in fat.layers[9] if is_whiteout(info.name)}
    assert {"usr/.wh.include", "usr/.wh.libexec", "usr/lib/.wh.python3.6", "usr/bin/.wh.make"} < names
    assert not any(name.startswith(("usr/include/", "usr/libexec/")) for name in names)
    assert [info.name for info, _ in fat.layers[10]] == ["root", "root/.wh..npm"]


# The package database


def test_the_database_describes_the_files_after_every_layer(image: Image) -> None:
    for tree in image.trees:
        for package in stanzas(tree):
            assert package["files"] == {path: described(tree[path]) for path in package["files"]}, package["P"]


def test_the_database_gives_each_package_the_size_of_its_files(fat: Image) -> None:
    tree = fat.trees[4]
    for package in stanzas(tree):
        assert int(package["I"]) == sum(tree[path].info.size for path in package["files"]), package["P"]


def test_every_dependency_in_the_database_is_provided_by_a_package_in_it(fat: Image) -> None:
    for tree in fat.trees:
        packages = stanzas(tree)
        names = {package["P"] for package in packages}
        provided = {name.partition("=")[0] for package in packages for name in package.get("p", "").split()}
        needed = {name for package in packages for name in package.get("D", "").split()}
        assert needed - names - provided == set()


def test_the_tools_are_installed_in_one_layer_and_gone_after_another(fat: Image) -> None:
    assert [len(stanzas(tree)) for tree in fat.trees] == [11, 13, 13, 13, 36, 36, 36, 36, 36, 13, 13]
    assert {package["P"] for package in stanzas(fat.tree)} == BASE_PACKAGES
    assert fat.trees[4]["etc/apk/world"].content.split()[4:] == [
        b"g++",
        b"libc-utils",
        b"libstdc++",
        b"make",
        b"python3",
    ]


def test_the_lean_image_ends_with_the_bases_packages_and_no_virtual_one(lean: Image) -> None:
    assert {package["P"] for package in stanzas(lean.tree)} == BASE_PACKAGES
    assert lean.tree["etc/apk/world"].content == lean.trees[2]["etc/apk/world"].content


def test_a_virtual_package_is_nothing_but_its_dependencies() -> None:
    lines = stanza(virtual(".build-deps", "make g++")).splitlines()
    assert lines[1:] == [
        "P:.build-deps",
        "V:0",
        "A:noarch",
        "S:0",
        "I:0",
        "T:virtual meta package",
        "t:1514764800",
        "D:make g++",
    ]


def test_a_package_names_its_folders_files_modes_and_checksums() -> None:
    files = (
        directory("tmp", mode=0o1777),
        Member("usr/bin/tool", b"tool", mode=0o755),
        hardlink("usr/bin/same", "usr/bin/tool", mode=0o755),
        symlink("usr/bin/link", "tool"),
        Member("usr/note", b""),
    )
    lines = stanza(Package("tool", "1-r0", "A tool", files=files)).splitlines()
    tool = "Z:Q1" + base64.b64encode(hashlib.sha1(b"tool").digest()).decode()
    assert lines[lines.index("F:tmp") :] == [
        *("F:tmp", "M:0:0:1777", "F:usr", "R:note", "Z:Q12jmj7l5rSw0yVb/vlWAYkK/YBwk=", "F:usr/bin"),
        *("R:tool", "a:0:0:755", tool, "R:same", "a:0:0:755", tool, "R:link", "a:0:0:777", tool),
    ]


def test_a_name_that_no_package_provides_is_an_error() -> None:
    with pytest.raises(KeyError, match="nothing"):
        solve(["nothing"], [Package("tool", "1-r0", "A tool")])


# npm


def test_the_lock_file_names_every_module_that_is_installed(image: Image) -> None:
    lock = json.loads(image.tree["app/package-lock.json"].content)
    hidden = json.loads(image.tree["app/node_modules/.package-lock.json"].content)
    locked = {path: module["version"] for path, module in lock["packages"].items() if path}
    manifests = [path for path in image.tree if path.startswith("app/node_modules/") and path.endswith("/package.json")]
    installed = {
        dirname(path).removeprefix("app/"): json.loads(image.tree[path].content)["version"] for path in manifests
    }
    assert len(installed) == 15
    assert installed == locked == {path: module["version"] for path, module in hidden["packages"].items()}


def test_npms_cache_holds_the_tarball_of_every_locked_module_under_its_digest(fat: Image) -> None:
    tree, folder = fat.trees[6], "root/.npm/_cacache/content-v2/sha512/"
    lock = json.loads(tree["app/package-lock.json"].content)
    locked = {module["integrity"] for path, module in lock["packages"].items() if path}
    digests = {path.removeprefix(folder).replace("/", "") for path in tree if path.count("/") == 7 and folder in path}
    assert {f"sha512-{base64.b64encode(bytes.fromhex(digest)).decode()}" for digest in digests} == locked
    assert digests <= {hashlib.sha512(entry.content).hexdigest() for entry in tree.values()}


# The Dockerfiles


def test_the_history_retells_the_fat_dockerfile(fat: Image) -> None:
    assert fat.texts[-9:] == [
        "WORKDIR /app",
        "RUN /bin/sh -c apk add --no-cache make g++ python3 # buildkit",
        "COPY package.json package-lock.json ./ # buildkit",
        "RUN /bin/sh -c npm ci # buildkit",
        "COPY . . # buildkit",
        "RUN /bin/sh -c chown -R 1000:1000 /app # buildkit",
        "RUN /bin/sh -c apk del make g++ python3 # buildkit",
        "RUN /bin/sh -c rm -rf /root/.npm # buildkit",
        'CMD ["node" "server.js"]',
    ]


def test_the_history_retells_the_lean_dockerfile(lean: Image) -> None:
    assert lean.texts[-6:] == [
        "WORKDIR /app",
        "COPY --chown=1000:1000 package.json package-lock.json ./ # buildkit",
        "RUN /bin/sh -c apk add --no-cache --virtual .build-deps make g++ python3  && npm ci "
        " && chown -R 1000:1000 node_modules  && apk del .build-deps "
        " && rm -rf /root/.npm /root/.cache # buildkit",
        "COPY --chown=1000:1000 server.js ./ # buildkit",
        "COPY --chown=1000:1000 lib ./lib # buildkit",
        'CMD ["node" "server.js"]',
    ]


def test_the_bases_history_is_the_classic_builders_and_the_rest_buildkits(image: Image) -> None:
    comments = [step.get("comment") for step in image.config["history"]]
    assert comments == [None] * 7 + ["buildkit.dockerfile.v0"] * (len(comments) - 7)
    assert all(text.startswith("/bin/sh -c ") for text in image.texts[:7])


@pytest.mark.parametrize(("dockerfile", "count"), [(FAT_DOCKERFILE, 10), (LEAN_DOCKERFILE, 7)])
def test_both_dockerfiles_start_from_the_same_image(dockerfile: str, count: int) -> None:
    assert instructions(dockerfile)[0] == "FROM node:8-alpine"
    assert len(instructions(dockerfile)) == count


# Differences of trees


def test_a_layer_holds_what_changed_below_its_parents_and_whiteouts_for_what_went() -> None:
    before = written({}, (Member("a/b/gone"), Member("a/b/kept"), Member("c/d/e"), Member("same")))
    after = removed(written(before, (Member("a/b/kept", b"new"),)), "a/b/gone", "c")
    assert [member.path for member in difference(before, after)] == [
        "a",
        "a/b",
        "a/b/.wh.gone",
        "a/b/kept",
        ".wh.c",
    ]


def test_a_directorys_time_is_that_of_the_step_that_last_added_or_removed_a_name_in_it() -> None:
    build = Build().then("one", lambda tree, _: written(tree, (Member("a/b"), Member("c/d"))))
    build = build.then("two", lambda tree, _: written(tree, (Member("a/e"), Member("c/d", b"new"))))
    assert (build.tree["a"].mtime, build.tree["c"].mtime) == (1514764860, 1514764800)
