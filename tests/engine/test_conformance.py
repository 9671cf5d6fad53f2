"""The same image gives the same analysis from wherever it comes."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import tempfile
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from inspector.content.reading import Contents
from inspector.errors import Cancelled, ImageNotFound, SourceUnavailable
from inspector.image.digest import sha256_digest
from inspector.inspection import Inspection
from inspector.layers.cache.scans import ScanCache
from inspector.layers.cache.store import Store
from inspector.layers.compression import decompress
from inspector.line import inspect_image
from inspector.reference import parse_reference
from inspector.sources.meter import Meter
from inspector.sources.protocol import Chunks, Options, ReadEvent, Source
from inspector.sources.resolve import open_source
from tests.watching import Seen

from .parts import need, run, running
from .registry import Registry, running_registry
from .samples import PROVENANCE, TAG, VERSION, oci_layout, sample_archive

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .engine import Engine

pytestmark = pytest.mark.engine

PLATFORM = "linux/amd64"
"""The sample's, so that the tests mean the same on every machine."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the image is: its reference, the environment that leads there, and whether layers are compressed there."""

    reference: str
    environment: dict[str, str] = field(default_factory=dict)
    compressed: bool = False
    has_digest: bool = False
    stdin: bytes | None = None


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("places")


@pytest.fixture(scope="session")
def archive(folder: Path) -> Path:
    path = folder / "sample.tar"
    path.write_bytes(sample_archive())
    return path


@pytest.fixture(scope="session")
def registry(folder: Path) -> Iterator[Registry]:
    with running_registry(folder / "registry", folder / "storage") as running_one:
        yield running_one


@pytest.fixture(scope="session")
def podman(archive: Path) -> Iterator[str]:
    """The address of a podman of our own that has the image."""
    need("podman", root=True)
    with tempfile.TemporaryDirectory(prefix="li-", dir="/tmp", ignore_cleanup_errors=True) as directory:
        yield from _podman_in(Path(directory), archive)


def _podman_in(root: Path, archive: Path) -> Iterator[str]:
    """A short path: a runroot of more than 50 bytes is refused."""
    socket = root / "podman.sock"
    podman = ("podman", "--root", f"{root}/root", "--runroot", f"{root}/run", "--storage-driver", "vfs")
    run(*podman, "load", "-i", str(archive))
    command = [*podman, "--cgroup-manager", "cgroupfs", "system", "service", "--time=0", f"unix://{socket}"]
    with running(command, root / "log", socket.exists):
        yield f"unix://{socket}"


@pytest.fixture(scope="session")
def containerd(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a containerd of our own that has the image in the namespace k8s.io."""
    with running_containerd(tmp_path_factory.mktemp("ctd")) as address:
        run("ctr", "-a", address, "-n", "k8s.io", "images", "import", "--no-unpack", str(archive))
        yield address


@contextmanager
def running_containerd(root: Path) -> Iterator[str]:
    need("containerd", "ctr", root=True)
    address = str(root / "sock")
    config = root / "config.toml"
    config.write_text(
        f'version = 2\nroot = "{root}/root"\nstate = "{root}/state"\n'
        'disabled_plugins = ["io.containerd.grpc.v1.cri"]\n'
        f'[grpc]\naddress = "{address}"\n[ttrpc]\naddress = "{address}.ttrpc"\n'
    )
    with running(["containerd", "--config", str(config)], root / "log", (root / "sock").exists):
        yield address


def copied(source: Path, target: str, *options: str) -> str:
    need("skopeo")
    run("skopeo", "copy", "-q", "--insecure-policy", *options, f"docker-archive:{source}", target)
    return target


class Places:
    """Every place, made when its test asks for it: a missing part skips its own tests only."""

    def __init__(self, request: pytest.FixtureRequest, folder: Path, archive: Path) -> None:
        self._request, self._folder, self._archive = request, folder, archive

    def docker_archive(self) -> Place:
        return Place(f"docker-archive:{self._archive}")

    def path(self) -> Place:
        return Place(f"{self._archive}:{TAG}")

    def docker_archive_gzip(self) -> Place:
        path = self._folder / "sample.tar.gz"
        path.write_bytes(gzip.compress(self._archive.read_bytes()))
        return Place(f"docker-archive:{path}")

    def stdin(self) -> Place:
        return Place("-", stdin=self._archive.read_bytes())

    def oci_dir_gzip(self) -> Place:
        return self._oci("oci-dir", "oci", "gzip", "--dest-compress-format", "gzip")

    def oci_dir_zstd(self) -> Place:
        return self._oci("oci-dir", "oci", "zstd", "--dest-compress-format", "zstd")

    def oci_dir_uncompressed(self) -> Place:
        return self._oci("oci-dir", "oci", "plain", "--dest-oci-accept-uncompressed-layers")

    def oci_archive(self) -> Place:
        return self._oci("oci-archive", "oci-archive", "sample.oci.tar")

    def oci_archive_gzip(self) -> Place:
        plain = self._oci("oci-archive", "oci-archive", "outside.oci.tar")
        path = self._folder / "outside.oci.tar.gz"
        path.write_bytes(gzip.compress((self._folder / "outside.oci.tar").read_bytes()))
        return Place(f"oci-archive:{path}:tag", compressed=plain.compressed, has_digest=True)

    def oci_dir_links(self) -> Place:
        """Blobs that are symbolic links, as in docker-library's layouts."""
        layout = oci_layout(self._folder / "links")
        for number, blob in enumerate(sorted((layout / "blobs" / "sha256").iterdir())):
            target = blob.rename(layout / f"file-{number}")
            blob.symlink_to(f"../../{target.name}")
        return Place(f"oci-dir:{layout}:multi", compressed=True, has_digest=True)

    def oci_dir_sha512(self) -> Place:
        layout = oci_layout(self._folder / "sha512", algorithm="sha512")
        return Place(f"oci-dir:{layout}:multi", compressed=True, has_digest=True)

    def oci_dir_multi(self) -> Place:
        return Place(f"oci-dir:{oci_layout(self._folder / 'multi')}:multi", compressed=True, has_digest=True)

    def registry(self) -> Place:
        registry: Registry = self._request.getfixturevalue("registry")
        registry.push(f"docker-archive:{self._archive}", "sample:1")
        return Place(f"registry:{registry.address}/sample:1", compressed=True, has_digest=True)

    def registry_zstd(self) -> Place:
        registry: Registry = self._request.getfixturevalue("registry")
        registry.push(f"docker-archive:{self._archive}", "zstd", "-f", "oci", "--dest-compress-format", "zstd")
        return Place(f"registry:{registry.address}/zstd", compressed=True, has_digest=True)

    def registry_multi(self) -> Place:
        registry: Registry = self._request.getfixturevalue("registry")
        registry.push(f"oci:{oci_layout(self._folder / 'pushed')}:multi", "deep/er/multi:v1", "--all")
        return Place(f"registry:{registry.address}/deep/er/multi:v1", compressed=True, has_digest=True)

    def docker(self) -> Place:
        engine: Engine = self._request.getfixturevalue("engine")
        engine.docker("load", "-i", str(self._archive))
        return Place(f"docker:{TAG}", {"DOCKER_HOST": engine.host})

    def search(self) -> Place:
        """The engine's, found without a scheme."""
        return Place(TAG, self.docker().environment)

    def podman(self) -> Place:
        address = self._request.getfixturevalue("podman")
        return Place(f"podman:{TAG}", {"CONTAINER_HOST": address})

    def containerd(self) -> Place:
        address = self._request.getfixturevalue("containerd")
        return Place(f"containerd:{TAG}", {"CONTAINERD_ADDRESS": address}, has_digest=True)

    def _oci(self, ours: str, skopeos: str, name: str, *options: str) -> Place:
        path = self._folder / name
        copied(self._archive, f"{skopeos}:{path}:tag", *options)
        return Place(f"{ours}:{path}:tag", compressed="uncompressed" not in "".join(options), has_digest=True)


STREAMS = {"stdin", "docker_archive_gzip", "oci_archive_gzip", "containerd"}
"""Places whose images have their config last."""

NAMES = [name for name in vars(Places) if not name.startswith("_")]


@pytest.fixture(scope="session")
def places(request: pytest.FixtureRequest, folder: Path, archive: Path) -> Any:
    made = Places(request, folder, archive)
    return cache(lambda name: getattr(made, name)())


@contextmanager
def going_to(place: Place) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryFile() as stdin:
        for name in ("DOCKER_HOST", "DOCKER_CONTEXT", "CONTAINER_HOST", "CONTAINERD_ADDRESS"):
            patch.delenv(name, raising=False)
        for name, value in place.environment.items():
            patch.setenv(name, value)
        if place.stdin is not None:
            stdin.write(place.stdin)
            stdin.seek(0)
            patch.setattr(sys, "stdin", stdin)
        yield


@pytest.fixture(scope="session")
def read(places: Any) -> Any:
    """The inspection of an image at a place, and what was told while it was read."""

    @cache
    def inspect(name: str) -> tuple[Inspection, Seen]:
        place, seen = places(name), Seen()
        with going_to(place):
            platform = None if name == "stdin" else PLATFORM
            return inspect_image(place.reference, platform=platform, watch=seen), seen

    return inspect


@pytest.fixture(scope="session")
def inspected(read: Any) -> Any:
    return lambda name: read(name)[0]


@pytest.fixture(scope="session")
def expected(inspected: Any) -> Inspection:
    """What the archive shows, which no tool but ours has touched."""
    return inspected("docker_archive")


@pytest.mark.parametrize("name", NAMES)
def test_the_same_image_gives_the_same_analysis(name: str, inspected: Any, expected: Inspection) -> None:
    found = inspected(name)
    assert [scan.diff_id for scan in found.scans] == [scan.diff_id for scan in expected.scans]
    assert found.scans == expected.scans
    assert found.image.config == expected.image.config
    assert found.instructions == expected.instructions
    assert found.filesystem.totals == expected.filesystem.totals
    assert found.filesystem.ledger == expected.filesystem.ledger
    assert list(found.filesystem.final()) == list(expected.filesystem.final())


@pytest.mark.parametrize("name", NAMES)
def test_each_layer_is_told_as_soon_as_it_is_there(name: str, read: Any) -> None:
    found, seen = read(name)
    assert {scan.diff_id for scan in seen.layers} == {scan.diff_id for scan in found.scans}
    assert len(seen.layers) == len({scan.diff_id for scan in found.scans})
    configs = {config.diff_ids for config in seen.configs}
    assert configs <= {found.image.config.diff_ids}
    assert bool(configs) == (name not in STREAMS)


@pytest.mark.parametrize("name", NAMES)
def test_digest_and_compressed_size_are_told_where_the_place_has_them(name: str, inspected: Any, places: Any) -> None:
    image, place = inspected(name).image, places(name)
    assert (image.digest is not None) == place.has_digest
    assert all((layer.digest is not None) == place.has_digest for layer in image.layers)
    sizes = [layer.compressed_bytes for layer in image.layers]
    tars = [scan.tar_bytes for scan in inspected(name).scans]
    if place.compressed:
        assert all(size < tar for size, tar in zip(sizes, tars, strict=True) if size is not None)
        assert image.compressed_bytes is not None
    elif place.has_digest:
        assert sizes == tars
    else:
        assert image.compressed_bytes is None


def test_the_sample_hides_bytes_in_every_way(expected: Inspection) -> None:
    ledger = expected.filesystem.ledger
    assert (ledger.overwritten_bytes, ledger.recopied_bytes) == (len("one" + "two"), 70_000)
    assert (ledger.deleted_bytes, ledger.deleted_tree_bytes) == (1_024_000, 5_640)


AGAIN = [name for name in NAMES if name != "stdin"]
"""Places that can be read more than once."""


@contextmanager
def opened(place: Place) -> Iterator[Source]:
    with going_to(place):
        source = open_source(parse_reference(place.reference), Options(parse(PLATFORM)))
        try:
            yield source
        finally:
            source.close()


def diff_id_of(chunks: Chunks) -> str:
    with closing(chunks):
        _, plain = decompress(chunks)
        return sha256_digest(b"".join(plain))


@pytest.mark.parametrize("name", AGAIN)
def test_layers_are_opened_in_any_order_again_and_after_one_was_left(name: str, places: Any) -> None:
    with opened(places(name)) as source:
        promised = [layer.diff_id for layer in source.image().layers]
        assert [diff_id_of(source.open_layer(index)) for index in (2, 0, 2, 1)] == [promised[i] for i in (2, 0, 2, 1)]
        with closing(source.open_layer(1)) as left:
            next(left)
        assert diff_id_of(source.open_layer(1)) == promised[1]
        assert source.image().layers == source.image().layers


@pytest.mark.parametrize("name", AGAIN)
def test_a_layer_whose_reader_stops_can_be_opened_again(name: str, places: Any) -> None:
    def stop(_: ReadEvent) -> None:
        raise Cancelled

    with opened(places(name)) as source:
        promised, meter = source.image().layers[1].diff_id, Meter(stop)
        with pytest.raises(Cancelled), closing(source.open_layer(1, meter.poll)) as chunks:
            next(meter.counted(chunks))
        assert diff_id_of(source.open_layer(1)) == promised


@pytest.mark.parametrize("name", AGAIN)
def test_of_one_path_and_size_in_three_layers_each_layer_gives_its_own(name: str, places: Any, inspected: Any) -> None:
    place, inspection = places(name), inspected(name)
    options = Options(parse(PLATFORM))
    contents = Contents(inspection, lambda: open_source(parse_reference(place.reference), options))
    versions = [
        inspection.filesystem.offsets[layer] + entries.paths.index(VERSION)
        for layer, entries in enumerate(inspection.filesystem.layers)
    ]
    with going_to(place):
        assert [contents.read(version).data for version in versions] == [b"one", b"two", b"six"]
        found: dict[int, bytes] = {}
        contents.stream(versions, lambda file, pieces: found.update({file: b"".join(pieces)}))
    assert found == dict(zip(versions, (b"one", b"two", b"six"), strict=True))


def test_what_came_by_stdin_is_read_once(places: Any) -> None:
    with opened(places("stdin")) as source:
        source.image()
        with pytest.raises(SourceUnavailable, match="cannot be read twice"):
            next(source.open_layer(0))


README = (
    "docker",
    "podman",
    "containerd",
    "registry",
    "docker_archive_gzip",
    "oci_archive",
    "oci_dir_gzip",
    "stdin",
    "search",
)
"""The rows of README's table of places."""


@pytest.mark.parametrize("name", README)
def test_the_command_of_readme_works(name: str, places: Any, expected: Inspection, tmp_path: Path) -> None:
    place = places(name)
    command = [sys.executable, "-m", "inspector", place.reference, "--json", "-", "--no-cache"]
    with going_to(place):
        done = subprocess.run(command, input=place.stdin or b"", capture_output=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["ledger"]["total_bytes"] == expected.filesystem.ledger.total_bytes


@pytest.mark.parametrize("name", ["oci_dir_gzip", "oci_archive", "docker_archive", "registry", "registry_multi"])
def test_nothing_is_transferred_of_layers_that_are_known(
    name: str, places: Any, expected: Inspection, tmp_path: Path
) -> None:
    place, watch = places(name), Seen()
    cache = ScanCache(Store(tmp_path, 1 << 30))
    for scan in expected.scans:
        cache.put(scan)
    with going_to(place):
        found = inspect_image(place.reference, platform=PLATFORM, cache=cache, watch=watch)
    assert found.scans == expected.scans
    assert watch.bytes_read == 0


@pytest.mark.parametrize("name", ["oci_dir_multi", "registry_multi", "oci_dir_links"])
def test_provenance_of_the_chosen_image_is_delivered(name: str, places: Any) -> None:
    place = places(name)
    with going_to(place), ExitStack() as stack:
        source = open_source(parse_reference(place.reference), Options(parse(PLATFORM)))
        stack.callback(source.close)
        assert source.image().provenance == (PROVENANCE,)


@pytest.mark.parametrize("name", ["oci_dir_multi", "registry_multi"])
def test_a_platform_that_is_not_there_is_answered_with_those_that_are(name: str, places: Any) -> None:
    place = places(name)
    with going_to(place), pytest.raises(ImageNotFound) as caught:
        inspect_image(place.reference, platform="linux/riscv64")
    assert caught.value.message == "no image for linux/riscv64 under this name"
    assert caught.value.hint == "there is: linux/s390x, linux/amd64"


@pytest.mark.parametrize("name", ["oci_dir_multi", "registry_multi"])
def test_another_platform_is_another_image(name: str, places: Any) -> None:
    place = places(name)
    with going_to(place):
        found = inspect_image(place.reference, platform="linux/s390x")
    assert [path for path, _ in found.filesystem.final()] == ["other"]


def parse(text: str) -> Any:
    from inspector.image.platform import parse_platform

    return parse_platform(text)
