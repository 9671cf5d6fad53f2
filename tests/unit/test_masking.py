"""Secrets among an image's settings are masked, and nothing else is."""

from __future__ import annotations

import pytest

from inspector.image.masking import MASK, masked


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_PASSWORD", "x"),
        ("GITHUB_TOKEN", "ghp_0123456789"),
        ("aws_secret_access_key", "abc"),
        ("APIKEY", "k"),
        ("org.example.api-key", "k"),
        ("SSH_PRIVATE_KEY", "-----BEGIN"),
    ],
)
def test_a_secret_by_its_name_is_masked_whole(name: str, value: str) -> None:
    assert masked(name, value) == MASK


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PATH", "/usr/bin"),
        ("GPG_KEY", "7169605F62C751356D054A26A821E680E5FA6305"),
        ("POSTGRES_PASSWORD_FILE", "/run/secrets/db"),
        ("TOKENIZERS_PARALLELISM", "false"),
        ("DB_PASSWORD", ""),
        ("HOME_PAGE", "https://example.org:8080/@x"),
    ],
)
def test_what_is_no_secret_is_shown(name: str, value: str) -> None:
    assert masked(name, value) == value


def test_of_a_url_the_password_is_masked() -> None:
    assert masked("DATABASE", "postgres://app:s3cret@db:5432/app") == f"postgres://app:{MASK}@db:5432/app"
