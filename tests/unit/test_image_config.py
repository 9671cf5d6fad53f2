"""The image config: what is taken from it, and what is refused."""

from __future__ import annotations

import json

import pytest

from inspector.errors import BadImage
from inspector.image.config import HistoryEntry, ImageConfig, parse_config
from inspector.image.platform import Platform
from inspector.image.run import NO_RUN, RunConfiguration


def test_a_config_is_read_in_full() -> None:
    data = {
        "os": "linux",
        "architecture": "arm64",
        "variant": "v8",
        "created": "2024-01-02T03:04:05Z",
        "config": {"Cmd": ["sh"], "Env": ["A=b"]},
        "rootfs": {"type": "layers", "diff_ids": ["sha256:a", "sha256:b"]},
        "history": [
            {"created": "2024-01-01T00:00:00Z", "created_by": "ADD x", "comment": "c"},
            {"created_by": "CMD y", "empty_layer": True, "author": "me"},
        ],
        "moby.buildkit.buildinfo.v1": "unknown keys are left alone",
    }
    assert parse_config(json.dumps(data).encode()) == ImageConfig(
        platform=Platform("linux", "arm64", "v8"),
        created="2024-01-02T03:04:05Z",
        diff_ids=("sha256:a", "sha256:b"),
        history=(
            HistoryEntry("ADD x", "2024-01-01T00:00:00Z", "c", False),
            HistoryEntry("CMD y", None, "", True),
        ),
        run=RunConfiguration(command=("sh",), environment=(("A", "b"),), settings={"Cmd": '["sh"]'}),
    )


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"os": None, "architecture": None, "created": None, "rootfs": None, "history": None, "config": None},
        {"os": "", "architecture": "", "variant": "", "created": "", "rootfs": {"diff_ids": None}, "history": []},
        {"os": "linux"},
    ],
)
def test_whatever_is_missing_is_unknown(data: dict[str, object]) -> None:
    assert parse_config(json.dumps(data).encode()) == ImageConfig(None, None, (), (), NO_RUN)


def test_year_1_is_gos_way_to_say_unknown() -> None:
    data = {"created": "0001-01-01T00:00:00Z", "history": [{"created": "0001-01-01T00:00:00Z"}]}
    config = parse_config(json.dumps(data).encode())
    assert (config.created, config.history[0].created) == (None, None)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "Input data was truncated"),
        (b"{", "Input data was truncated"),
        (b"null", "Expected `object`, got `null`"),
        (b"[]", "Expected `object`, got `array`"),
        (b'{"os": 1}', "Expected `str | null`, got `int` - at `$.os`"),
        (b'{"rootfs": {"diff_ids": ["a", 1]}}', "Expected `str`, got `int` - at `$.rootfs.diff_ids[1]`"),
        (b'{"history": [{"empty_layer": "no"}]}', "Expected `bool | null`, got `str` - at `$.history[0].empty_layer`"),
        (b'{"os": "\xff"}', "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"),
    ],
)
def test_what_is_no_config_is_refused_with_the_place(data: bytes, reason: str) -> None:
    with pytest.raises(BadImage) as refused:
        parse_config(data)
    assert refused.value.message == f"the image config is not valid: {reason}"


@pytest.mark.parametrize("key", [b"config", b"unknown"])
def test_hostile_nesting_is_refused(key: bytes) -> None:
    with pytest.raises(BadImage, match=r"^the image config is not valid: maximum recursion depth exceeded"):
        parse_config(b'{"%s":%s1%s}' % (key, b'{"a":' * 100_000, b"}" * 100_000))
