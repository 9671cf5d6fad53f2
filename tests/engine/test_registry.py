"""Real registries: open, behind passwords, behind TLS of a private authority, behind a token server."""

from __future__ import annotations

import base64
import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest

from inspector.errors import BadReference, BadSetting, ImageNotFound, SourceUnavailable
from inspector.layers.cache.names import remembered
from inspector.layers.cache.store import Store
from inspector.line import inspect_image
from inspector.sources.registry import credentials, source, tls

from .faulty_registry import proxy_before
from .registry import (
    PASSWORD,
    REFRESH_TOKEN,
    USER,
    Certificate,
    Registry,
    TokenServer,
    htpasswd,
    private_certificate,
    running_registry,
    token_server,
)
from .samples import sample_archive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from inspector.inspection import Inspection

pytestmark = pytest.mark.engine

BASIC = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("registries")


@pytest.fixture(scope="module")
def real(folder: Path) -> Iterator[Registry]:
    """An open registry with the sample under several tags; the others share its storage."""
    archive = folder / "sample.tar"
    archive.write_bytes(sample_archive())
    with running_registry(folder, folder / "storage") as registry:
        registry.push(f"docker-archive:{archive}", "team/app:1.0")
        for number in range(1, 13):
            registry.push(
                f"docker://{registry.address}/team/app:1.0", f"team/app:1.0.{number}", "--src-tls-verify=false"
            )
        yield registry


@pytest.fixture(scope="module")
def sound(real: Registry) -> Inspection:
    return inspect_image(f"registry:{real.address}/team/app:1.0")


@pytest.fixture(scope="module")
def locked(real: Registry, folder: Path) -> Iterator[Registry]:
    """Behind a user name and a password."""
    with running_registry(folder, folder / "storage", **htpasswd(folder)) as registry:
        yield registry


@pytest.fixture(scope="module")
def certificate(folder: Path) -> Certificate:
    return private_certificate(folder)


@pytest.fixture(scope="module")
def encrypted(real: Registry, folder: Path, certificate: Certificate) -> Iterator[Registry]:
    """Behind TLS."""
    files = {"certificate": str(certificate.certificate), "key": str(certificate.key)}
    with running_registry(folder, folder / "storage", http={"tls": files}) as registry:
        yield registry


@dataclass(frozen=True, slots=True)
class WithTokens:
    registry: Registry
    server: TokenServer


@pytest.fixture
def with_tokens(real: Registry, folder: Path) -> Iterator[WithTokens]:
    """Behind a token server."""
    with token_server(folder) as server, running_registry(folder, folder / "storage", **server.setting) as registry:
        yield WithTokens(registry, server)


@pytest.fixture(autouse=True)
def config(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The only file with credentials, empty; and nobody's certificates."""
    path = tmp_path / "config.json"
    monkeypatch.setattr(credentials, "credential_files", lambda: iter((path,)))
    monkeypatch.setattr(tls, "CERTIFICATE_FOLDERS", (str(tmp_path / "certs.d"),))
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    return path


def inspect(registry: Registry, *, insecure: bool = False) -> Inspection:
    return inspect_image(f"registry:{registry.address}/team/app:1.0", insecure=insecure)


def test_names_that_were_looked_at_are_remembered_but_with_no_cache(
    real: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEANINSPECT_CACHE_DIR", str(tmp_path))
    name = f"registry:{real.address}/team/app:1.0"
    command = [sys.executable, "-P", "-m", "inspector", name, "--summary"]
    for options, names in ((["--no-cache"], []), ([], [name])):
        subprocess.run([*command, *options], check=True, capture_output=True, timeout=120)
        assert remembered(Store(tmp_path, 1_000_000)) == names


def log_in(config: Path, registry: Registry, **entry: str) -> None:
    """As `docker login` leaves it."""
    config.write_text(json.dumps({"auths": {registry.address: entry or {"auth": BASIC}}}))


def test_a_digest_names_an_image_with_or_without_a_tag(real: Registry, sound: Inspection) -> None:
    digest = sound.image.digest
    for name in (f"team/app@{digest}", f"team/app:whatever@{digest}"):
        found = inspect_image(f"registry:{real.address}/{name}")
        assert found.scans == sound.scans
        assert found.image.digest == digest


def test_a_tag_that_does_not_exist_is_answered_with_ten_that_do(real: Registry) -> None:
    with pytest.raises(ImageNotFound) as caught:
        inspect_image(f"registry:{real.address}/team/app:1.0.77")
    assert caught.value.message == f"{real.address} has no team/app:1.0.77"
    assert caught.value.hint == (
        "these tags exist: 1.0.7, 1.0.9, 1.0.8, 1.0.6, 1.0.5, 1.0.4, 1.0.3, 1.0.2, 1.0.12, 1.0.11 … and 3 more"
    )


def test_a_repository_that_does_not_exist_is_said_to_be_missing(real: Registry) -> None:
    with pytest.raises(ImageNotFound) as caught:
        inspect_image(f"registry:{real.address}/nobody/nothing")
    assert caught.value.message == f"{real.address} has no nobody/nothing:latest"


def test_a_search_ends_at_the_registry(real: Registry, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/no-docker.sock")
    monkeypatch.setenv("CONTAINER_HOST", f"unix://{tmp_path}/no-podman.sock")
    assert inspect_image(f"{real.address}/team/app:1.0").image.source == "registry"
    with pytest.raises(ImageNotFound) as caught:
        inspect_image(f"{real.address}/team/app:1.0.120")
    assert caught.value.message == (
        f"{real.address}/team/app:1.0.120 was not found: Docker Engine is not running; podman is not running; "
        f"{real.address} has no team/app:1.0.120"
    )
    assert caught.value.hint.startswith("these tags exist: 1.0.12, ")


def test_a_search_soon_gives_up_a_registry_that_says_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/no-docker.sock")
    monkeypatch.setenv("CONTAINER_HOST", f"unix://{tmp_path}/no-podman.sock")
    monkeypatch.setattr(source, "HURRIED_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        host = f"127.0.0.1:{silent.getsockname()[1]}"
        started = time.monotonic()
        with pytest.raises(ImageNotFound) as caught:
            inspect_image(f"{host}/app")
        assert time.monotonic() - started < 2
    assert caught.value.message.endswith(f"; the registry {host} does not answer")


def test_the_connection_to_a_registry_that_answers_too_late_is_closed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/no-docker.sock")
    monkeypatch.setenv("CONTAINER_HOST", f"unix://{tmp_path}/no-podman.sock")
    monkeypatch.setattr(source, "HURRIED_SECONDS", 0.3)
    manifest = b'{"schemaVersion": 2, "manifests": []}'
    with socket.create_server(("127.0.0.1", 0)) as slow:
        host, ended = f"127.0.0.1:{slow.getsockname()[1]}", Event()

        def answer() -> None:
            greeting, _ = slow.accept()  # TLS is tried first, and hung up on
            greeting.close()
            connection, _ = slow.accept()
            with connection:
                connection.recv(1 << 16)
                time.sleep(0.6)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(manifest), manifest))
                connection.settimeout(5)
                if not connection.recv(1):
                    ended.set()

        Thread(target=answer, daemon=True).start()
        with pytest.raises(ImageNotFound, match="does not answer"):
            inspect_image(f"{host}/app")
        assert ended.wait(5)


def test_nobody_at_the_port_is_told_at_once() -> None:
    with pytest.raises(SourceUnavailable) as caught:
        inspect_image("registry:127.0.0.1:1/app")
    assert caught.value.message == "no registry runs at 127.0.0.1:1: connection refused"


def test_an_unknown_host_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SourceUnavailable) as caught:
        inspect_image("registry:registry.invalid/app")
    assert caught.value.message == "the registry registry.invalid is unknown to DNS"


def test_a_wrong_name_is_told_before_anybody_is_asked() -> None:
    with pytest.raises(BadReference) as caught:
        inspect_image("registry:localhost/App")
    assert (caught.value.message, caught.value.hint) == (
        "localhost/App is not the name of an image",
        "repositories are written in lower case",
    )


def test_a_password_opens(locked: Registry, config: Path, sound: Inspection) -> None:
    log_in(config, locked)
    assert inspect(locked).scans == sound.scans


def test_a_credential_helper_opens(
    locked: Registry, config: Path, sound: Inspection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    helper = tmp_path / "docker-credential-vault"
    answer = json.dumps({"ServerURL": "", "Username": USER, "Secret": PASSWORD})
    helper.write_text(f'#!/bin/sh\ntest "$1" = get && test "$(cat)" = {locked.address} && echo \'{answer}\'\n')
    helper.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    for setting in ({"credsStore": "vault"}, {"credHelpers": {locked.address: "vault"}, "credsStore": "broken"}):
        config.write_text(json.dumps(setting))
        assert inspect(locked).scans == sound.scans


@pytest.mark.parametrize("auth", ["", base64.b64encode(b"ada:wrong").decode()])
def test_without_the_right_password_the_hint_is_to_log_in(locked: Registry, config: Path, auth: str) -> None:
    if auth:
        log_in(config, locked, auth=auth)
    with pytest.raises(SourceUnavailable) as caught:
        inspect(locked)
    assert caught.value.message == f"{locked.address} denies access: authentication required"
    assert caught.value.hint == f"log in: docker login {locked.address}"


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_a_private_authority_is_trusted_by_environment(
    encrypted: Registry,
    certificate: Certificate,
    sound: Inspection,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
) -> None:
    monkeypatch.setenv(variable, str(certificate.authority))
    assert inspect(encrypted).scans == sound.scans


def test_a_private_authority_is_trusted_by_dockers_certificates(
    encrypted: Registry, certificate: Certificate, sound: Inspection, tmp_path: Path
) -> None:
    folder = tmp_path / "certs.d" / encrypted.address
    folder.mkdir(parents=True)
    (folder / "ca.crt").write_bytes(certificate.authority.read_bytes())
    assert inspect(encrypted).scans == sound.scans


def test_a_certificate_file_that_holds_none_is_named(encrypted: Registry, tmp_path: Path) -> None:
    folder = tmp_path / "certs.d" / encrypted.address
    folder.mkdir(parents=True)
    (folder / "ca.crt").write_text("none")
    with pytest.raises(BadSetting, match=r"^cannot use the certificate .*/ca\.crt: "):
        inspect(encrypted)


def test_an_unknown_authority_is_refused_and_the_ways_to_trust_it_are_told(encrypted: Registry) -> None:
    with pytest.raises(SourceUnavailable) as caught:
        inspect(encrypted)
    assert caught.value.message == (
        f"the certificate of {encrypted.address} is not trusted: unable to get local issuer certificate"
    )
    assert caught.value.hint == (
        f"put its authority's into /etc/docker/certs.d/{encrypted.address}/ca.crt or name it by SSL_CERT_FILE; "
        "or --insecure"
    )


def test_insecure_takes_any_certificate(encrypted: Registry, sound: Inspection) -> None:
    assert inspect(encrypted, insecure=True).scans == sound.scans


def test_plain_http_beyond_this_machine_needs_insecure(real: Registry, sound: Inspection) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing
        except OSError:
            pytest.skip("this machine has no address but loopback")
        address = probe.getsockname()[0]
    with proxy_before(real.address, address) as proxy:
        beyond = Registry(proxy.address)
        with pytest.raises(SourceUnavailable) as caught:
            inspect(beyond)
        assert caught.value.message == f"{proxy.address} does not speak TLS as expected"
        assert caught.value.hint == "--insecure allows plain HTTP, if you trust the network"
        assert inspect(beyond, insecure=True).scans == sound.scans


def test_a_token_is_got_for_a_password(with_tokens: WithTokens, config: Path, sound: Inspection) -> None:
    log_in(config, with_tokens.registry)
    assert inspect(with_tokens.registry).scans == sound.scans
    # one token for all requests
    assert with_tokens.server.asked == [
        (
            "GET",
            {"scope": "repository:team/app:pull", "service": "the registry", "client_id": "leaninspect"},
            f"Basic {BASIC}",
        )
    ]


def test_a_token_is_got_for_an_identity_token(with_tokens: WithTokens, config: Path, sound: Inspection) -> None:
    log_in(config, with_tokens.registry, identitytoken=REFRESH_TOKEN)
    assert inspect(with_tokens.registry).scans == sound.scans
    assert with_tokens.server.asked == [
        (
            "POST",
            {
                "scope": "repository:team/app:pull",
                "service": "the registry",
                "client_id": "leaninspect",
                "grant_type": "refresh_token",
                "refresh_token": REFRESH_TOKEN,
            },
            None,
        )
    ]


def test_without_credentials_a_token_is_asked_for_and_does_not_help(with_tokens: WithTokens) -> None:
    with pytest.raises(SourceUnavailable) as caught:
        inspect(with_tokens.registry)
    assert caught.value.message == f"{with_tokens.registry.address} denies access: authentication required"
    assert caught.value.hint == f"log in: docker login {with_tokens.registry.address}"
    assert {authorization for _, _, authorization in with_tokens.server.asked} == {None}


def test_a_wrong_password_is_told_in_the_token_servers_words(with_tokens: WithTokens, config: Path) -> None:
    log_in(config, with_tokens.registry, auth=base64.b64encode(b"ada:wrong").decode())
    with pytest.raises(SourceUnavailable) as caught:
        inspect(with_tokens.registry)
    server = with_tokens.server.url.removeprefix("http://").removesuffix("/token")
    assert caught.value.message == f"{server} denies access: incorrect username or password"
    assert caught.value.hint == f"log in: docker login {with_tokens.registry.address}"
