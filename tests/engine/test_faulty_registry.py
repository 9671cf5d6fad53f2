"""Networks and registries that fail: gone on, tried again or refused with one clear line; and no credential leaks."""

from __future__ import annotations

import base64
import time
from email.utils import formatdate
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from inspector.errors import BadImage, BadLayer, Cancelled, InspectorError, SourceUnavailable
from inspector.line import inspect_image
from inspector.sources.protocol import Progress, ReadEvent, ignore_progress
from inspector.sources.registry import credentials, repository, retry
from tests.watching import Seen

from . import faulty_registry as faulty
from .faulty_registry import Proxy, proxy_before
from .registry import PASSWORD, USER, Registry, htpasswd, running_registry
from .samples import sample_archive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from inspector.inspection import Inspection
    from inspector.sources.protocol import Watch

pytestmark = pytest.mark.engine

LAYER = 3000
"""Bytes into the biggest layer's blob, about half of it."""


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("storage")


@pytest.fixture(scope="module")
def real(storage: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A registry with the sample as `sample:1`."""
    folder = tmp_path_factory.mktemp("real")
    archive = folder / "sample.tar"
    archive.write_bytes(sample_archive())
    with running_registry(folder, storage) as registry:
        registry.push(f"docker-archive:{archive}", "sample:1")
        yield registry


@pytest.fixture
def proxy(real: Registry) -> Iterator[Proxy]:
    with proxy_before(real.address) as running:
        yield running


@pytest.fixture(scope="module")
def sound(real: Registry) -> Inspection:
    return inspect_image(f"registry:{real.address}/sample:1")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Short waits, small reads, and nobody's credentials."""
    monkeypatch.setattr(retry, "FIRST_WAIT", 0.01)
    monkeypatch.setattr(repository, "READ_CHUNK", 512)
    monkeypatch.setattr(credentials, "credential_files", lambda: iter((tmp_path / "config.json",)))


def inspect(proxy: Proxy, watch: Watch = ignore_progress) -> Inspection:
    return inspect_image(f"registry:{proxy.address}/sample:1", platform="linux/amd64", watch=watch)


def biggest(sound: Inspection) -> str:
    """The path of the biggest layer's blob."""
    layer = max(sound.image.layers, key=lambda layer: layer.compressed_bytes or 0)
    return f"blobs/{layer.digest}"


def ranges(proxy: Proxy, path: str) -> list[str | None]:
    return [request.headers.get("Range") for request in proxy.asked_for(path)]


def test_a_dropped_connection_is_gone_on_from_where_it_broke(proxy: Proxy, sound: Inspection) -> None:
    blob = biggest(sound)
    proxy.faults[blob] = [faulty.cut(LAYER), faulty.cut(100)]
    found = inspect(proxy)
    assert found.scans == sound.scans
    assert found.image.layers == sound.image.layers
    assert ranges(proxy, blob) == [None, "bytes=3000-", "bytes=3100-"]


def test_a_registry_without_ranges_is_read_again_and_what_was_had_is_left_out(proxy: Proxy, sound: Inspection) -> None:
    blob = biggest(sound)
    proxy.faults[blob] = [faulty.cut(LAYER), faulty.without_ranges()]
    assert inspect(proxy).scans == sound.scans
    assert ranges(proxy, blob) == [None, "bytes=3000-"]


def test_a_connection_that_drops_again_while_reading_again_loses_nothing(proxy: Proxy, sound: Inspection) -> None:
    blob = biggest(sound)
    proxy.faults[blob] = [
        faulty.cut(LAYER),
        faulty.without_ranges(faulty.cut(1000)),
        faulty.without_ranges(faulty.cut(LAYER + 1000)),
    ]
    assert inspect(proxy).scans == sound.scans


def test_a_body_of_unknown_length_that_ends_too_early_is_gone_on(proxy: Proxy, sound: Inspection) -> None:
    blob = biggest(sound)
    proxy.faults[blob] = [faulty.cut_without_length(LAYER)]
    assert inspect(proxy).scans == sound.scans
    assert ranges(proxy, blob) == [None, f"bytes={LAYER}-"]


def test_a_connection_that_drops_for_ever_is_given_up(proxy: Proxy, sound: Inspection) -> None:
    blob = biggest(sound)
    proxy.faults[blob] = [faulty.cut(0)] * 50
    with pytest.raises(SourceUnavailable) as caught:
        inspect(proxy)
    assert caught.value.message == f"the registry {proxy.address} cannot be reached: the connection broke off"
    assert len(proxy.asked_for(blob)) == retry.TRIES


@pytest.mark.parametrize("code", [429, 500, 502, 503])
@pytest.mark.parametrize("path", ["manifests/1", "blobs/"])
def test_what_may_pass_is_tried_again(proxy: Proxy, sound: Inspection, code: int, path: str) -> None:
    proxy.faults[path] = [faulty.status(code), faulty.status(code)]
    assert inspect(proxy).scans == sound.scans


def test_retry_after_is_kept_in_seconds(proxy: Proxy, sound: Inspection) -> None:
    proxy.faults["manifests/1"] = [faulty.status(429, Retry_After="1")]
    started = time.monotonic()
    assert inspect(proxy).scans == sound.scans
    assert time.monotonic() - started >= 1


def test_retry_after_is_kept_as_a_date(proxy: Proxy, sound: Inspection) -> None:
    proxy.faults[biggest(sound)] = [faulty.status(503, Retry_After=formatdate(time.time() + 2, usegmt=True))]
    started = time.monotonic()
    assert inspect(proxy).scans == sound.scans
    assert time.monotonic() - started >= 0.9  # dates have whole seconds


def test_a_registry_that_asks_for_a_long_wait_is_given_up_at_once(proxy: Proxy) -> None:
    proxy.faults["manifests/1"] = [faulty.status(429, Retry_After="3600")]
    with pytest.raises(SourceUnavailable) as caught:
        inspect(proxy)
    assert caught.value.message == f"{proxy.address} allows no more downloads for now (429), and asks to wait 3600 s"
    assert caught.value.hint == f"wait, or log in: docker login {proxy.address}"


def test_a_registry_that_stays_broken_is_given_up(proxy: Proxy) -> None:
    proxy.faults["manifests/1"] = [faulty.status(500)] * 50
    with pytest.raises(SourceUnavailable) as caught:
        inspect(proxy)
    assert caught.value.message == f"{proxy.address} has an error of its own (500)"
    assert len(proxy.asked) == retry.TRIES


def test_a_layer_with_another_digest_is_refused(proxy: Proxy, sound: Inspection) -> None:
    layer = sound.image.layers[0]
    proxy.faults[f"blobs/{layer.digest}"] = [faulty.damaged]
    with pytest.raises(BadLayer) as caught:
        inspect(proxy)
    assert caught.value.message.startswith("layer 0 is not what the manifest promises: sha256:")
    assert caught.value.message.endswith(f"instead of {layer.digest} of {layer.compressed_bytes}")


def test_a_config_with_another_digest_is_refused(proxy: Proxy, sound: Inspection) -> None:
    proxy.faults[f"blobs/{sound.image.id}"] = [faulty.damaged]
    with pytest.raises(BadImage) as caught:
        inspect(proxy)
    assert caught.value.message == f"the blob {sound.image.id} holds something else"


def test_a_manifest_with_another_digest_is_refused(proxy: Proxy, sound: Inspection) -> None:
    for name in ("manifests/1", f"manifests/{sound.image.digest}"):
        proxy.faults[name] = [faulty.damaged]
    for reference in ("sample:1", f"sample@{sound.image.digest}"):
        with pytest.raises(BadImage) as caught:
            inspect_image(f"registry:{proxy.address}/{reference}")
        assert caught.value.message.endswith(f"is not the manifest {sound.image.digest}")


@pytest.mark.parametrize(("fault", "difference"), [(faulty.shorter, -7), (faulty.longer, 7)])
def test_a_layer_of_another_length_is_refused(
    proxy: Proxy, sound: Inspection, fault: faulty.Fault, difference: int
) -> None:
    layer = sound.image.layers[0]
    assert layer.compressed_bytes is not None
    proxy.faults[f"blobs/{layer.digest}"] = [fault]
    with pytest.raises(BadLayer) as caught:
        inspect(proxy)
    there = layer.compressed_bytes + difference
    assert caught.value.message == f"layer 0 has {there} bytes and not the {layer.compressed_bytes} of its manifest"


def test_an_endless_layer_is_cut_off(proxy: Proxy, sound: Inspection) -> None:
    layer = sound.image.layers[0]
    proxy.faults[f"blobs/{layer.digest}"] = [faulty.endless]
    with pytest.raises(BadLayer) as caught:
        inspect(proxy)
    assert caught.value.message == f"layer 0 is longer than the {layer.compressed_bytes} bytes of its manifest"


def test_an_endless_config_is_cut_off(proxy: Proxy, sound: Inspection) -> None:
    proxy.faults[f"blobs/{sound.image.id}"] = [faulty.endless]
    with pytest.raises(BadImage, match=r"sample:1 has more than \d+ bytes"):
        inspect(proxy)


@pytest.mark.parametrize("path", ["manifests/1", "blobs/"])
def test_a_web_page_is_no_registry(proxy: Proxy, path: str) -> None:
    proxy.faults[path] = [faulty.web_page]
    with pytest.raises(SourceUnavailable) as caught:
        inspect(proxy)
    assert caught.value.message == f"{proxy.address} is no registry: it answers with a web page"


def test_a_redirect_for_ever_is_given_up(proxy: Proxy) -> None:
    proxy.faults["manifests/1"] = [faulty.redirect("")] * 50
    with pytest.raises(SourceUnavailable) as caught:
        inspect(proxy)
    assert caught.value.message == f"{proxy.address} redirects more than 5 times"


def test_a_redirect_off_this_machine_without_encryption_is_refused(proxy: Proxy) -> None:
    proxy.faults["blobs/"] = [faulty.redirect("http://blobs.example")]
    with pytest.raises(SourceUnavailable) as caught:
        inspect(proxy)
    assert caught.value.message == f"{proxy.address} redirects to http://blobs.example, which is not encrypted"


def test_a_redirect_to_another_host_carries_no_credentials(
    storage: Path, tmp_path: Path, real: Registry, sound: Inspection, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login thief password loot\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with (
        running_registry(tmp_path, storage, **htpasswd(tmp_path)) as locked,
        proxy_before(locked.address) as front,
        proxy_before(real.address, "127.0.0.2") as elsewhere,
    ):
        basic = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        (tmp_path / "config.json").write_text(f'{{"auths": {{"{front.address}": {{"auth": "{basic}"}}}}}}')
        front.faults["blobs/"] = [faulty.redirect(f"http://{elsewhere.address}", code) for code in (307, 302, 301, 308)]
        assert inspect(front).scans == sound.scans
    assert len(elsewhere.asked) == 4
    for request in elsewhere.asked:
        assert not {name.lower() for name in request.headers} & {"authorization", "cookie"}
        assert PASSWORD not in str(request.headers)
    # once without, since nobody is told a password before asking for it
    assert [request.headers.get("Authorization") for request in front.asked[:2]] == [None, f"Basic {basic}"]


def test_a_person_can_stop_while_a_registry_says_nothing(proxy: Proxy, sound: Inspection) -> None:
    proxy.faults[biggest(sound)] = [faulty.stalled(proxy, LAYER)]
    assert stopped_after(proxy) < 2


def test_a_person_can_stop_while_a_registry_is_waited_for(proxy: Proxy, sound: Inspection) -> None:
    proxy.faults[biggest(sound)] = [faulty.status(429, Retry_After="30")]
    assert stopped_after(proxy) < 2


def test_progress_counts_to_the_sizes_in_the_manifest(proxy: Proxy, sound: Inspection) -> None:
    watch = Seen()
    proxy.faults[biggest(sound)] = [faulty.cut(LAYER)]
    inspect(proxy, watch)
    total, seen = sound.image.compressed_bytes, watch.progress
    assert seen[-1] == Progress(total or 0, total, 3, 3)
    assert [progress.bytes_read for progress in seen[1:]] == sorted(progress.bytes_read for progress in seen[1:])


def stopped_after(proxy: Proxy) -> float:
    """Seconds from the wish to stop to the end, half a second after the beginning; no thread is left."""
    wish = time.monotonic() + 0.5
    ended: list[InspectorError] = []

    def watch(_: ReadEvent) -> None:
        if time.monotonic() > wish:
            raise Cancelled

    def work() -> None:
        try:
            inspect(proxy, watch)
        except InspectorError as error:
            ended.append(error)

    thread = Thread(target=work, daemon=True)
    thread.start()
    thread.join(20)
    assert isinstance(ended[0], Cancelled)
    return time.monotonic() - wish
