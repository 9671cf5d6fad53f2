"""`docker save` files of every kind: read in full, or refused in one line that says why."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import platform as host
import random
import sys
import tarfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from builders import SavedImage, archive_of, file, header, saved, scan_of, tree_of

from inspector.demo.archive import hardlink, symlink, tar_layer, whiteout
from inspector.errors import BadImage, BadLayer, Cancelled, ImageNotFound, InspectorError
from inspector.filesystem.ledger import Ledger
from inspector.inspection import Inspection
from inspector.line import inspect_image
from inspector.sizes import counted
from inspector.sources.protocol import Progress, ReadEvent
from tests.watching import Seen

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

OUTSIDE: dict[str, Callable[[bytes], bytes]] = {
    "plain": lambda data: data,
    "gzip": gzip.compress,
    "zstd": zstd.compress,
    "xz": lzma.compress,
    "bzip2": bz2.compress,
}
every_outside = pytest.mark.parametrize("outside", OUTSIDE)

BASE = tar_layer([file("bin/sh", 1000), file("etc/motd", 20), file("tmp/x", 300)])
CHANGE = tar_layer([file("bin/sh", 1000, mode=0o755), file("etc/motd", 7, "y"), whiteout("tmp/x"), file("app", 5)])
APP = SavedImage([BASE, CHANGE], ["team/app:1", "team/app:latest"])
OTHER = SavedImage([BASE], ["debian:12"])

READ = {
    "alpine-310.tar.gz": (1, Ledger(5_552_525, 0, 0, 0, 0)),
    "dive-test-docker-image.tar": (14, Ledger(1_188_573, 0, 12_810, 6_405, 12_810)),
    "dive-test-kaniko-image.tar": (14, Ledger(1_280_165, 0, 18_498, 9_249, 18_498)),
    "dockle-symbolic.tar": (9, Ledger(1_219_813, 0, 0, 0, 0)),
    "ggcr/hello-world-v25.tar": (1, Ledger(9_136, 0, 0, 0, 0)),
    "ggcr/test_bundle.tar:test_image_1": (1, Ledger(8, 0, 0, 0, 0)),
    "ggcr/test_bundle.tar:test_image_2": (1, Ledger(8, 0, 0, 0, 0)),
    "ggcr/test_image_1.tar": (1, Ledger(8, 0, 0, 0, 0)),
    "ggcr/test_image_2.tar": (1, Ledger(8, 0, 0, 0, 0)),
    "ggcr/test_link.tar:bazel/v1/tarball:test_image_1": (1, Ledger(8, 0, 0, 0, 0)),
    "ggcr/test_link.tar:bazel/v1/tarball:test_image_3": (2, Ledger(14, 0, 0, 0, 0)),
    "ggcr/test_load_manifest.tar": (1, Ledger(8, 0, 0, 0, 0)),
    "podman/docker-name-only.tar.xz": (1, Ledger(0, 0, 0, 0, 0)),
    "podman/docker-registry-name.tar.xz": (1, Ledger(0, 0, 0, 0, 0)),
    "podman/docker-two-images.tar.xz:example.com/empty": (1, Ledger(0, 0, 0, 0, 0)),
    "podman/docker-two-images.tar.xz:example.com/empty/but:different": (1, Ledger(0, 0, 0, 0, 0)),
    "podman/docker-two-names.tar.xz": (1, Ledger(0, 0, 0, 0, 0)),
    "podman/docker-unnamed.tar.xz": (1, Ledger(0, 0, 0, 0, 0)),
}

SAVE = "write one with `docker save -o FILE NAME`"
REFUSED = {
    "ggcr/content.tar": (BadImage, "not a `docker save` archive: it has no manifest.json", SAVE),
    "ggcr/no_manifest.tar": (BadImage, "not a `docker save` archive: it has no manifest.json", SAVE),
    "ggcr/null_manifest.tar": (
        BadImage,
        "manifest.json of the archive names no image",
        "save the image again with `docker save`",
    ),
    "ggcr/test_bundle.tar": (
        ImageNotFound,
        "the archive holds 2 images",
        "add one of these after a colon: test_image_2, test_image_1",
    ),
    "ggcr/test_link.tar": (
        ImageNotFound,
        "the archive holds 2 images",
        "add one of these after a colon: bazel/v1/tarball:test_image_1, bazel/v1/tarball:test_image_3",
    ),
    "podman/docker-two-images.tar.xz": (
        ImageNotFound,
        "the archive holds 2 images",
        "add one of these after a colon: example.com/empty:latest, example.com/empty/but:different",
    ),
}


def inspect(data: bytes, tmp_path: Path, tag: str = "", platform: str | None = None) -> Inspection:
    path = tmp_path / "image.tar"
    path.write_bytes(data)
    return inspect_image(f"docker-archive:{path}{tag and ':'}{tag}", platform=platform)


def refusal(data: bytes, tmp_path: Path, tag: str = "", platform: str | None = None) -> InspectorError:
    with pytest.raises(InspectorError) as refused:
        inspect(data, tmp_path, tag, platform)
    return refused.value


def layer_sizes(path: Path) -> list[int]:
    """Bytes of each layer, by the standard library alone."""
    with tarfile.open(path) as archive:

        def read(name: str) -> bytes:
            member = archive.extractfile(name)
            assert member is not None
            return member.read()

        (image,) = json.loads(read("manifest.json"))
        sizes = []
        for name in image["Layers"]:
            with tarfile.open(fileobj=io.BytesIO(read(name))) as layer:
                sizes.append(sum(member.size for member in layer if member.isreg()))
        return sizes


class TestRealArchives:
    def test_each_of_them_is_expected_here(self, images: Path) -> None:
        folder = images / "docker-archive"
        there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
        tables = {*READ, *REFUSED}
        assert there == {name.partition(":")[0] for name in tables}

    @pytest.mark.parametrize(("name", "layers", "ledger"), [(name, *facts) for name, facts in READ.items()])
    def test_it_is_read_to_the_byte(self, images: Path, name: str, layers: int, ledger: Ledger) -> None:
        inspection = inspect_image(f"docker-archive:{images}/docker-archive/{name}")
        assert (len(inspection.scans), inspection.filesystem.ledger) == (layers, ledger)
        paired = [step.layer for step in inspection.instructions if step.layer is not None]
        assert paired == list(range(layers))

    @pytest.mark.parametrize(("name", "error", "message", "hint"), [(name, *facts) for name, facts in REFUSED.items()])
    def test_it_is_refused_with_the_reason(
        self, images: Path, name: str, error: type[InspectorError], message: str, hint: str
    ) -> None:
        with pytest.raises(error) as refused:
            inspect_image(f"docker-archive:{images}/docker-archive/{name}")
        assert (refused.value.message, refused.value.hint) == (message, hint)

    @pytest.mark.parametrize(
        "name",
        ["alpine-310.tar.gz", "dive-test-docker-image.tar", "dive-test-kaniko-image.tar", "dockle-symbolic.tar"],
    )
    def test_its_layers_have_the_sizes_the_standard_library_finds(self, images: Path, name: str) -> None:
        path = images / "docker-archive" / name
        inspection = inspect_image(str(path))
        assert [scan.size_bytes for scan in inspection.scans] == layer_sizes(path)

    def test_dives_image_has_32025_hidden_bytes_by_cause_and_hider(self, images: Path) -> None:
        inspection = inspect_image(f"{images}/docker-archive/dive-test-docker-image.tar")
        filesystem = inspection.filesystem
        assert filesystem.ledger.hidden_bytes == 32_025
        assert filesystem.ledger.total_bytes == 1_220_598
        assert {layer: totals.hides for layer, totals in enumerate(filesystem.totals) if totals.hides} == {
            4: {3: 6_405},  # chmod 444 of a file
            7: {6: 6_405},  # mv
            9: {4: 6_405, 5: 6_405},  # rm -rf of the folder
            13: {7: 6_405},  # chmod +x
        }
        hider = inspection.instruction_of(9)
        assert hider is not None
        assert (hider.verb, hider.text) == ("RUN", "RUN rm -rf /root/example/")

    def test_kaniko_keeps_its_layers_compressed(self, images: Path) -> None:
        image = inspect_image(f"{images}/docker-archive/dive-test-kaniko-image.tar").image
        assert image.layers[0].compressed_bytes == 764_655
        assert image.compressed_bytes == 805_037

    def test_docker_keeps_none_compressed(self, images: Path) -> None:
        image = inspect_image(f"{images}/docker-archive/dive-test-docker-image.tar").image
        assert (image.compressed_bytes, {layer.digest for layer in image.layers}) == (None, {None})


class TestLayouts:
    @every_outside
    @pytest.mark.parametrize("docker_25", [False, True])
    def test_every_layout_in_every_compression_gives_the_same(
        self, tmp_path: Path, outside: str, docker_25: bool
    ) -> None:
        inspection = inspect(OUTSIDE[outside](saved(APP, docker_25=docker_25)), tmp_path)
        assert inspection.filesystem.ledger == Ledger(1012, 20, 1000, 300, 0)
        assert tree_of(inspection.filesystem) == {"bin/sh": 1000, "etc/motd": 7, "app": 5}
        assert inspection.scans == (scan_of(BASE), scan_of(CHANGE))
        assert [(step.text, step.layer) for step in inspection.instructions] == [("RUN step 0", 0), ("RUN step 1", 1)]
        assert [layer.compressed_bytes for layer in inspection.image.layers] == [None, None]
        assert (str(inspection.image.config.platform), inspection.image.digest) == ("linux/amd64", None)

    @every_outside
    @pytest.mark.parametrize("inside", ["gzip", "zstd", "xz", "bzip2"])
    def test_layers_inside_may_be_compressed(self, tmp_path: Path, outside: str, inside: str) -> None:
        layers = [OUTSIDE[inside](BASE), CHANGE]
        inspection = inspect(OUTSIDE[outside](saved(SavedImage(layers), docker_25=True)), tmp_path)
        assert inspection.scans == (scan_of(BASE), scan_of(CHANGE))
        assert [layer.compressed_bytes for layer in inspection.image.layers] == [len(layers[0]), None]

    @every_outside
    def test_a_layer_may_be_empty(self, tmp_path: Path, outside: str) -> None:
        inspection = inspect(OUTSIDE[outside](saved(SavedImage([bytes(1024), BASE]))), tmp_path)
        assert [scan.size_bytes for scan in inspection.scans] == [0, 1320]

    @every_outside
    def test_a_layer_may_be_there_twice(self, tmp_path: Path, outside: str) -> None:
        inspection = inspect(OUTSIDE[outside](saved(SavedImage([BASE, BASE]))), tmp_path)
        assert inspection.filesystem.ledger == Ledger(1320, 0, 1320, 0, 0)

    @every_outside
    @pytest.mark.parametrize("link", [symlink("b/layer.tar", "../a/layer.tar"), hardlink("b/layer.tar", "a/layer.tar")])
    def test_a_layer_may_be_a_link_to_another(self, tmp_path: Path, outside: str, link: object) -> None:
        config = SavedImage([BASE, BASE]).config
        manifest = [{"Config": "c.json", "Layers": ["a/layer.tar", "b/layer.tar"]}]
        members = {"a/layer.tar": BASE, "c.json": config, "manifest.json": json.dumps(manifest).encode()}
        data = archive_of(members, [link])  # type: ignore[list-item]
        assert inspect(OUTSIDE[outside](data), tmp_path).filesystem.ledger == Ledger(1320, 0, 1320, 0, 0)

    @every_outside
    def test_links_in_a_circle_are_refused(self, tmp_path: Path, outside: str) -> None:
        links = [symlink("a/layer.tar", "../b/layer.tar"), symlink("b/layer.tar", "../a/layer.tar")]
        manifest = [{"Config": "c.json", "Layers": ["a/layer.tar"]}]
        members = {"c.json": SavedImage([BASE]).config, "manifest.json": json.dumps(manifest).encode()}
        error = refusal(OUTSIDE[outside](archive_of(members, links)), tmp_path)
        assert (type(error), error.message) == (BadImage, "a/layer.tar in the archive is a link to itself")

    @every_outside
    @pytest.mark.parametrize("missing", ["c.json", "a/layer.tar"])
    def test_what_the_manifest_names_must_be_there(self, tmp_path: Path, outside: str, missing: str) -> None:
        manifest = [{"Config": "c.json", "Layers": ["a/layer.tar"]}]
        members = {
            "c.json": SavedImage([BASE]).config,
            "a/layer.tar": BASE,
            "manifest.json": json.dumps(manifest).encode(),
        }
        del members[missing]
        error = refusal(OUTSIDE[outside](archive_of(members)), tmp_path)
        assert (type(error), error.message) == (BadImage, f"the archive has no {missing}")


class TestChoice:
    @every_outside
    @pytest.mark.parametrize(
        ("tag", "layers"),
        [
            ("team/app:1", 2),
            ("team/app", 2),
            ("docker.io/team/app:latest", 2),
            ("debian:12", 1),
            ("library/debian:12", 1),
        ],
    )
    def test_one_of_several_images_is_chosen_by_its_tag(
        self, tmp_path: Path, outside: str, tag: str, layers: int
    ) -> None:
        assert len(inspect(OUTSIDE[outside](saved(APP, OTHER)), tmp_path, tag).scans) == layers

    @pytest.mark.parametrize("docker_25", [False, True])
    def test_or_by_the_beginning_of_its_id(self, tmp_path: Path, docker_25: bool) -> None:
        data = saved(APP, OTHER, docker_25=docker_25)
        chosen = inspect(data, tmp_path, "debian:12").image.id
        assert inspect(data, tmp_path, chosen.removeprefix("sha256:")[:12]).image.id == chosen
        assert inspect(data, tmp_path, chosen).image.id == chosen

    @every_outside
    def test_without_a_tag_they_are_named(self, tmp_path: Path, outside: str) -> None:
        error = refusal(OUTSIDE[outside](saved(APP, OTHER)), tmp_path)
        assert (type(error), error.message) == (ImageNotFound, "the archive holds 2 images")
        assert error.hint == "add one of these after a colon: team/app:1 team/app:latest, debian:12"

    def test_an_absent_tag_is_answered_with_what_there_is(self, tmp_path: Path) -> None:
        error = refusal(saved(APP, OTHER), tmp_path, "debian:11")
        assert (type(error), error.message) == (ImageNotFound, "no image debian:11 in the archive")
        assert error.hint == "it holds: team/app:1 team/app:latest, debian:12"

    def test_a_path_may_hold_colons(self, tmp_path: Path) -> None:
        path = tmp_path / "image:of:mine.tar"
        path.write_bytes(saved(APP, OTHER))
        assert len(inspect_image(f"docker-archive:{path}:debian:12").scans) == 1
        assert len(inspect_image(f"{path}:debian:12").scans) == 1

    @pytest.mark.parametrize(("machine", "layers"), [("x86_64", 1), ("aarch64", 2)])
    def test_of_two_platforms_under_a_tag_this_machines_is_meant(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, machine: str, layers: int
    ) -> None:
        monkeypatch.setattr(host, "machine", lambda: machine)
        assert len(inspect(self.two_platforms(), tmp_path).scans) == layers
        assert len(inspect(self.two_platforms(), tmp_path, "app:1").scans) == layers

    @pytest.mark.parametrize(("platform", "layers"), [("linux/amd64", 1), ("linux/arm64", 2)])
    def test_or_the_one_that_is_asked_for(self, tmp_path: Path, platform: str, layers: int) -> None:
        assert len(inspect(self.two_platforms(), tmp_path, platform=platform).scans) == layers
        assert len(inspect(self.two_platforms(), tmp_path, "app:1", platform).scans) == layers

    def test_an_absent_platform_is_answered_with_what_there_is(self, tmp_path: Path) -> None:
        error = refusal(self.two_platforms(), tmp_path, platform="linux/riscv64")
        assert (type(error), error.message) == (ImageNotFound, "no image for linux/riscv64 in the archive")
        assert error.hint == "it holds: linux/amd64, linux/arm64"
        assert refusal(saved(OTHER), tmp_path, platform="linux/arm64").hint == "it holds: linux/amd64"

    @staticmethod
    def two_platforms() -> bytes:
        return saved(SavedImage([BASE], ["app:1"]), SavedImage([BASE, CHANGE], ["app:1"], "arm64"), docker_25=True)


class TestDamage:
    @every_outside
    def test_an_archive_cut_anywhere_is_refused_and_never_a_traceback(self, tmp_path: Path, outside: str) -> None:
        noise = random.Random(7)
        layers = [tar_layer([file(name, 3)]) + noise.randbytes(50_000) for name in "abc"]
        plain = saved(SavedImage(layers))
        data = OUTSIDE[outside](plain)
        needed = len(plain.rstrip(b"\0")) if outside == "plain" else len(data)  # a tar's last zeros may be missing
        assert len(inspect(data, tmp_path).scans) == 3
        for part in range(50):
            cut = len(data) * part // 50
            if cut < needed:
                assert isinstance(refusal(data[:cut], tmp_path), BadImage), part
            else:
                assert len(inspect(data[:cut], tmp_path).scans) == 3

    def test_a_truncated_archive_is_called_so(self, tmp_path: Path) -> None:
        data = saved(APP)
        error = refusal(data[: data.index(b"bin/sh") + 600], tmp_path)
        assert error.message.startswith(f"{tmp_path}/image.tar cannot be read as an image archive: the tar ends ")
        assert error.hint == "the file is truncated; save the image again"

    @every_outside
    def test_a_changed_byte_in_a_layers_content_is_noticed_by_its_digest(self, tmp_path: Path, outside: str) -> None:
        changed = CHANGE.replace(b"yyyyyyy", b"yyyxyyy")
        promised = [scan_of(layer).diff_id for layer in (BASE, CHANGE)]
        error = refusal(OUTSIDE[outside](saved(SavedImage([BASE, changed], diff_ids=promised))), tmp_path)
        found = scan_of(changed).diff_id
        assert type(error) is BadLayer
        assert error.message == f"layer 1 is not what the image promises: {found} instead of {promised[1]}"

    @every_outside
    def test_a_layer_that_is_no_tar_is_refused(self, tmp_path: Path, outside: str) -> None:
        image = SavedImage([b"\xfeno tar" * 100], diff_ids=["sha256:0"])
        error = refusal(OUTSIDE[outside](saved(image)), tmp_path)
        assert type(error) is BadLayer
        assert error.message == "layer 0: no tar header at byte 0"

    @every_outside
    @pytest.mark.parametrize("promised", [0, 1, 3])
    def test_a_config_with_other_layers_than_the_manifest_is_refused(
        self, tmp_path: Path, outside: str, promised: int
    ) -> None:
        diff_ids = ([scan_of(BASE).diff_id, scan_of(CHANGE).diff_id] * 2)[:promised]
        error = refusal(OUTSIDE[outside](saved(SavedImage([BASE, CHANGE], diff_ids=diff_ids))), tmp_path)
        assert type(error) is BadImage
        assert error.message == f"the config names {counted(promised, 'layer')} and the manifest 2"

    @every_outside
    def test_a_member_that_claims_8_eib_is_refused(self, tmp_path: Path, outside: str) -> None:
        """Where it cannot be sought to, and where it cannot be read."""
        huge = header(b"huge", size=b"\x80" + ((1 << 63) - 1).to_bytes(11, "big"))
        error = refusal(OUTSIDE[outside](huge + bytes(512)), tmp_path)
        assert type(error) is BadImage
        assert error.message.endswith("the tar ends 9223372036854775295 bytes too early")

    @pytest.mark.parametrize("content", [b"not a tar\n" * 100, b"{}" * 400])
    def test_what_is_no_tar_is_no_archive(self, tmp_path: Path, content: bytes) -> None:
        error = refusal(content, tmp_path)
        assert type(error) is BadImage
        assert error.message == f"{tmp_path}/image.tar cannot be read as an image archive: no tar header at byte 0"

    def test_an_absent_file_is_not_found(self, tmp_path: Path) -> None:
        with pytest.raises(ImageNotFound) as refused:
            inspect_image(f"docker-archive:{tmp_path}/absent.tar:app")
        assert refused.value.message == f"no such file: {tmp_path}/absent.tar:app"


class TestProgress:
    BIG = saved(SavedImage([tar_layer([file(f"f{number}", 3 << 20)]) for number in range(8)]))

    def progress(self, data: bytes, tmp_path: Path) -> list[Progress]:
        path = tmp_path / "image.tar"
        path.write_bytes(data)
        watch = Seen()
        inspect_image(str(path), watch=watch)
        seen = watch.progress
        assert [p.bytes_read for p in seen] == sorted(p.bytes_read for p in seen)
        assert [p.layers_done for p in seen] == sorted(p.layers_done for p in seen)
        return seen

    def test_it_grows_to_the_total_of_a_plain_archives_layers(self, tmp_path: Path) -> None:
        seen = self.progress(self.BIG, tmp_path)
        total = sum(len(tar_layer([file(f"f{number}", 3 << 20)])) for number in range(8))
        assert {(p.bytes_total, p.layers_total) for p in seen} == {(total, 8)}
        assert (seen[-1].bytes_read, seen[-1].layers_done) == (total, 8)
        assert len(seen) > 24

    @pytest.mark.parametrize("outside", ["gzip", "zstd", "xz", "bzip2"])
    def test_it_grows_to_the_length_of_a_compressed_archive(self, tmp_path: Path, outside: str) -> None:
        data = OUTSIDE[outside](self.BIG)
        seen = self.progress(data, tmp_path)
        assert {(p.bytes_total, p.layers_total) for p in seen} == {(len(data), None)}
        assert (seen[-1].bytes_read, seen[-1].layers_done) == (len(data), 8)

    @every_outside
    @pytest.mark.parametrize("allowed", [0, 1, 5])
    def test_a_watch_that_raises_stops_everything_at_once(self, tmp_path: Path, outside: str, allowed: int) -> None:
        path = tmp_path / "image.tar"
        path.write_bytes(OUTSIDE[outside](self.BIG))
        calls = 0

        def watch(_: ReadEvent) -> None:
            nonlocal calls
            calls += 1
            if calls > allowed:
                raise Cancelled

        with pytest.raises(Cancelled):
            inspect_image(str(path), watch=watch)
        threads = (os.cpu_count() or 1) + 1  # those that were about to report, and the one that waits for them
        assert calls <= allowed + threads
        assert not [thread for thread in threading.enumerate() if thread.name.startswith("layer")]
