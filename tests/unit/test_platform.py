"""Platforms as Docker writes them."""

from __future__ import annotations

import platform as host

import pytest

from inspector.errors import BadSetting
from inspector.image.platform import Platform, default_platform, parse_platform


@pytest.mark.parametrize(
    ("text", "platform"),
    [
        ("linux/amd64", Platform("linux", "amd64")),
        ("linux/arm/v7", Platform("linux", "arm", "v7")),
        (" Linux/ARM64 ", Platform("linux", "arm64")),
        ("linux/x86_64", Platform("linux", "amd64")),
        ("linux/aarch64", Platform("linux", "arm64")),
        ("windows/amd64", Platform("windows", "amd64")),
    ],
)
def test_a_platform_is_read_by_dockers_names(text: str, platform: Platform) -> None:
    assert parse_platform(text) == platform
    assert parse_platform(str(platform)) == platform


@pytest.mark.parametrize(
    "text", ["", "linux", "amd64", "linux/", "/amd64", "linux//v7", "linux/arm/v7/x", "linux/arm/"]
)
def test_what_is_no_platform_is_refused(text: str) -> None:
    with pytest.raises(BadSetting) as refused:
        parse_platform(text)
    assert refused.value.message == f"{text!r} is not a platform"


@pytest.mark.parametrize(
    ("wanted", "there", "fits"),
    [
        ("linux/amd64", "linux/amd64", True),
        ("linux/amd64", "linux/arm64", False),
        ("linux/amd64", "windows/amd64", False),
        ("linux/arm", "linux/arm/v7", True),
        ("linux/arm/v7", "linux/arm", True),
        ("linux/arm/v7", "linux/arm/v6", False),
        ("linux/arm/v7", "linux/arm/v7", True),
    ],
)
def test_a_variant_counts_where_both_have_one(wanted: str, there: str, fits: bool) -> None:
    assert parse_platform(wanted).accepts(parse_platform(there)) is fits


@pytest.mark.parametrize(
    ("machine", "platform"),
    [("x86_64", "linux/amd64"), ("AMD64", "linux/amd64"), ("aarch64", "linux/arm64"), ("riscv64", "linux/riscv64")],
)
def test_the_default_is_linux_on_this_machine(monkeypatch: pytest.MonkeyPatch, machine: str, platform: str) -> None:
    monkeypatch.setattr(host, "machine", lambda: machine)
    assert str(default_platform()) == platform
