"""What docker and podman left of a login is found as they find it, and challenges are understood."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from inspector.sources.registry.authentication import Challenge, parse_challenges
from inspector.sources.registry.credentials import Credentials, credential_files, find_credentials


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with nothing in it."""
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    for name in ("DOCKER_CONFIG", "REGISTRY_AUTH_FILE", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    return tmp_path


def write(path: Path, **auths: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"auths": {key: {"auth": encoded(user)} for key, user in auths.items()}}))


def encoded(user: str) -> str:
    return base64.b64encode(f"{user}:pass:word".encode()).decode()


def user_for(host: str, repository: str = "team/app") -> str | None:
    found = find_credentials(host, repository)
    return found.username if found else None


def test_nobody_is_anonymous(home: Path) -> None:
    assert find_credentials("ghcr.io", "a") is None


def test_files_come_in_order(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGISTRY_AUTH_FILE", str(home / "named.json"))
    assert list(credential_files()) == [
        home / "named.json",
        home / ".docker" / "config.json",
        home / "run" / "containers" / "auth.json",
        home / ".config" / "containers" / "auth.json",
    ]
    for number, path in enumerate(reversed(list(credential_files()))):
        write(path, **{"ghcr.io": f"user{number}"})
        assert user_for("ghcr.io") == f"user{number}"


def test_docker_config_moves_dockers_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(home / "elsewhere" / "config.json", **{"ghcr.io": "ada"})
    monkeypatch.setenv("DOCKER_CONFIG", str(home / "elsewhere"))
    assert find_credentials("ghcr.io", "a") == Credentials("ada", "pass:word")


@pytest.mark.parametrize("key", ["https://index.docker.io/v1/", "docker.io", "index.docker.io", "registry-1.docker.io"])
def test_docker_hub_has_many_names(home: Path, key: str) -> None:
    write(home / ".docker" / "config.json", **{key: "ada"})
    assert user_for("docker.io", "library/alpine") == "ada"


@pytest.mark.parametrize("key", ["ghcr.io:5000", "https://ghcr.io:5000", "http://ghcr.io:5000/v1/", "ghcr.io:5000/v2/"])
def test_keys_may_be_addresses(home: Path, key: str) -> None:
    write(home / ".docker" / "config.json", **{key: "ada"})
    assert user_for("ghcr.io:5000") == "ada"
    assert user_for("ghcr.io") is None


def test_the_longest_path_that_fits_counts(home: Path) -> None:
    path = home / ".config" / "containers" / "auth.json"
    write(path, **{"quay.io": "host", "quay.io/team": "team", "quay.io/team/app": "app", "quay.io/tea": "tea"})
    assert user_for("quay.io", "team/app") == "app"
    assert user_for("quay.io", "team/app/deep") == "app"
    assert user_for("quay.io", "team/application") == "team"
    assert user_for("quay.io", "tea") == "tea"
    assert user_for("quay.io", "other") == "host"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{",
        '{"auths": {"ghcr.io": {}}}',
        '{"auths": {"ghcr.io": null}}',
        '{"auths": {"ghcr.io": {"auth": "%%%"}}}',
        '{"auths": {"ghcr.io": {"auth": ""}}}',
        '{"credsStore": "is-not-installed"}',
        '{"credHelpers": {"ghcr.io": "is-not-installed"}}',
    ],
)
def test_a_broken_file_is_passed_over(home: Path, content: str) -> None:
    (home / ".docker").mkdir()
    (home / ".docker" / "config.json").write_text(content)
    write(home / ".config" / "containers" / "auth.json", **{"ghcr.io": "ada"})
    assert user_for("ghcr.io") == "ada"


def test_secrets_are_not_printed() -> None:
    assert "secret" not in repr(Credentials("ada", "secret", "secret too"))


@pytest.mark.parametrize(
    ("header", "challenges"),
    [
        ("", []),
        ("Negotiate", []),
        ('Basic realm="a, b"', [Challenge("basic", {"realm": "a, b"})]),
        (
            'Bearer realm="https://auth/token",service="r",scope="repository:a/b:pull,push"',
            [Challenge("bearer", {"realm": "https://auth/token", "service": "r", "scope": "repository:a/b:pull,push"})],
        ),
        ("bearer Realm=x", [Challenge("bearer", {"realm": "x"})]),
        (
            'Basic realm="x", Bearer realm="y",error="invalid_token"',
            [Challenge("basic", {"realm": "x"}), Challenge("bearer", {"realm": "y", "error": "invalid_token"})],
        ),
    ],
)
def test_challenges(header: str, challenges: list[Challenge]) -> None:
    assert parse_challenges(header) == challenges
