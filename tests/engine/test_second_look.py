"""A second look at an image in the engine: nothing is transferred, and it says the same."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from inspector.inspection import Inspection
from inspector.layers.cache.scans import ScanCache
from inspector.layers.cache.store import Store
from inspector.line import inspect_image
from tests.watching import Seen

from .machine import BUSYBOX_TAG

if TYPE_CHECKING:
    from .engine import Engine

pytestmark = pytest.mark.engine

TAG = "leaninspect/test:second-look"
DOCKERFILE = f"FROM {BUSYBOX_TAG}\nRUN echo hello > /hello\nRUN rm /hello\n"


class Looks:
    """One person's looks at an image, with one cache: each gives the inspection and the bytes that came over."""

    def __init__(self, cache: Path) -> None:
        self.cache = ScanCache(Store(cache, 1 << 30))

    def look(self, reference: str = f"docker:{TAG}") -> tuple[Inspection, int]:
        watch = Seen()
        return inspect_image(reference, cache=self.cache, watch=watch), watch.bytes_read


@pytest.fixture(scope="module")
def image(engine: Engine, busybox: str) -> str:
    engine.build(TAG, DOCKERFILE, buildkit=False)
    return TAG


@pytest.fixture
def looks(engine: Engine, image: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Looks:
    for variable in ("DOCKER_HOST", "DOCKER_CONFIG"):
        monkeypatch.setenv(variable, engine.env[variable])
    return Looks(tmp_path / "cache")


def test_nothing_is_transferred_and_all_is_the_same(looks: Looks) -> None:
    fresh, first = looks.look()
    again, second = looks.look()
    assert first > sum(scan.tar_bytes for scan in fresh.scans)
    assert second == 0
    assert (again.image, again.scans, again.instructions) == (fresh.image, fresh.scans, fresh.instructions)
    assert again.filesystem == fresh.filesystem


def test_layers_known_from_an_archive_need_no_transfer_either(looks: Looks, engine: Engine, tmp_path: Path) -> None:
    engine.save(TAG, tmp_path / "image.tar")
    looks.look(f"docker-archive:{tmp_path / 'image.tar'}")
    assert looks.look()[1] == 0


def test_a_damaged_cache_is_read_around_and_mended(looks: Looks, tmp_path: Path) -> None:
    fresh, first = looks.look()
    damaged = max((tmp_path / "cache").iterdir(), key=lambda path: path.stat().st_size)
    damaged.write_bytes(damaged.read_bytes()[:-1])
    mended, transferred = looks.look()
    assert transferred == first
    assert mended.scans == fresh.scans
    assert looks.look()[1] == 0


def test_without_its_config_the_image_is_transferred(looks: Looks, tmp_path: Path) -> None:
    _, first = looks.look()
    (config,) = (tmp_path / "cache").glob("*.document")
    config.unlink()
    assert looks.look()[1] == first
