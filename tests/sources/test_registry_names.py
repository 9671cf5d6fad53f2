"""Names of images in registries, and which hosts are this machine."""

from __future__ import annotations

import pytest

from inspector.errors import BadReference
from inspector.sources.registry.image_name import RegistryName, is_loopback, parse_name

HEX = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("text", "host", "repository", "tag", "digest"),
    [
        ("alpine", "docker.io", "library/alpine", None, None),
        ("alpine:3.20", "docker.io", "library/alpine", "3.20", None),
        ("docker.io/alpine", "docker.io", "library/alpine", None, None),
        ("index.docker.io/alpine", "docker.io", "library/alpine", None, None),
        ("grafana/grafana:11", "docker.io", "grafana/grafana", "11", None),
        ("ghcr.io/a/b/c:d", "ghcr.io", "a/b/c", "d", None),
        ("localhost/x", "localhost", "x", None, None),
        ("localhost:5000/x:y", "localhost:5000", "x", "y", None),
        ("Host/x", "Host", "x", None, None),
        ("[::1]:5000/x", "[::1]:5000", "x", None, None),
        (f"quay.io/a@sha256:{HEX}", "quay.io", "a", None, f"sha256:{HEX}"),
        (f"a:1@sha512:{HEX}{HEX}", "docker.io", "library/a", "1", f"sha512:{HEX}{HEX}"),
        ("a__b/c-_d".replace("-_", "-"), "docker.io", "a__b/c-d", None, None),
    ],
)
def test_names_are_read_as_docker_reads_them(
    text: str, host: str, repository: str, tag: str | None, digest: str | None
) -> None:
    assert parse_name(text) == RegistryName(host, repository, tag, digest)


@pytest.mark.parametrize(
    "text", ["", "Alpine", "a//b", "a/b:", "a:b:c", "-a", "a@sha256:12", "host.com/", "a b", "a\n", "a/../b", "x:tag/y"]
)
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(BadReference):
        parse_name(text)


def test_the_full_name_has_all_that_may_be_left_out() -> None:
    assert parse_name("alpine").full == "docker.io/library/alpine:latest"
    assert parse_name("ghcr.io/a:1").full == "ghcr.io/a:1"
    assert parse_name(f"a@sha256:{HEX}").full == f"docker.io/library/a@sha256:{HEX}"


def test_docker_hub_answers_elsewhere() -> None:
    assert parse_name("alpine").api_host == "registry-1.docker.io"
    assert parse_name("ghcr.io/a").api_host == "ghcr.io"


@pytest.mark.parametrize("host", ["localhost", "localhost:5000", "127.0.0.1", "127.9.9.9:80", "[::1]", "[::1]:443"])
def test_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["10.0.0.1", "localhost.example", "127.0.0.1.example:80", "[::2]:5000", "ghcr.io", ""])
def test_other_machines(host: str) -> None:
    assert not is_loopback(host)
