"""Names that may have been meant by one that is not there."""

from __future__ import annotations

import pytest

from inspector.sources.similar import did_you_mean

THERE = ["app:2.0", "app:1.3", "app:1.5-slim", "team/app:9", "debian:12"]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("app:1.5", "did you mean app:1.3, app:1.5-slim or app:2.0?"),
        ("app", "did you mean app:1.5-slim, app:2.0 or app:1.3?"),
        ("docker.io/library/debian:13", "did you mean debian:12?"),
        ("team/app:latest", "did you mean team/app:9?"),
        ("team/ap:9", "did you mean team/app:9?"),
        ("sha256:0123", ""),
        ("zzz", ""),
    ],
)
def test_tags_of_the_repository_come_first_the_nearest_of_them_before_all(name: str, hint: str) -> None:
    assert did_you_mean(name, THERE) == hint


def test_what_podman_built_is_found_without_its_host() -> None:
    there = ["localhost/app:1", "docker.io/library/debian:12", "localhost/app:1"]
    assert did_you_mean("app:2", there) == "did you mean localhost/app:1?"
    assert did_you_mean("debian", there) == "did you mean docker.io/library/debian:12?"


def test_a_host_with_a_port_is_no_tag() -> None:
    assert did_you_mean("host:5000/app:2", ["host:5000/app:1"]) == "did you mean host:5000/app:1?"
    assert did_you_mean("app@sha256:00", ["app:1"]) == "did you mean app:1?"


def test_of_very_many_tags_twenty_are_told() -> None:
    hint = did_you_mean("app:7", [f"app:{number}" for number in range(30)])
    assert hint.startswith("did you mean app:7, app:")
    assert hint.count("app:") == 20
    assert hint.endswith(" or one of 10 more?")
