"""What a person types, and where it is looked for."""

from __future__ import annotations

import pytest

from inspector.errors import BadReference
from inspector.reference import ALIASES, TRANSPORTS, Reference, parse_reference


@pytest.mark.parametrize(
    ("text", "transport", "name"),
    [
        ("docker:app:1", "docker", "app:1"),
        ("docker:registry.example:5000/team/app:1", "docker", "registry.example:5000/team/app:1"),
        ("docker-daemon:app", "docker", "app"),
        ("docker-archive:image.tar", "docker-archive", "image.tar"),
        ("docker-archive:/a/b.tar:app:1", "docker-archive", "/a/b.tar:app:1"),
        ("app", None, "app"),
        ("app:1", None, "app:1"),
        ("team/app@sha256:0123", None, "team/app@sha256:0123"),
        ("localhost:5000/app", None, "localhost:5000/app"),
        ("./image.tar", None, "./image.tar"),
        ("docker", None, "docker"),
    ],
)
def test_a_scheme_says_where_to_look_and_without_one_it_is_open(text: str, transport: str | None, name: str) -> None:
    reference = parse_reference(text)
    assert (reference.text, reference.transport, reference.name) == (text, transport, name)


def test_white_space_around_it_is_left_out() -> None:
    assert parse_reference("  docker:app \n") == Reference("docker:app", "docker", "app")


@pytest.mark.parametrize("text", ["", "  "])
def test_nothing_is_no_reference(text: str) -> None:
    with pytest.raises(BadReference, match=r"^no image named$"):
        parse_reference(text)


@pytest.mark.parametrize("scheme", [*TRANSPORTS, *ALIASES])
def test_a_scheme_alone_names_no_image(scheme: str) -> None:
    with pytest.raises(BadReference, match=f"^{scheme}: names no image$"):
        parse_reference(f"{scheme}:")


def test_a_url_is_answered_with_what_was_meant() -> None:
    with pytest.raises(BadReference) as refused:
        parse_reference("docker://alpine:3.20")
    assert refused.value.message == "docker://alpine:3.20 is a URL, and leaninspect takes references"
    assert "registry:alpine:3.20" in refused.value.hint
    assert "docker:alpine:3.20" in refused.value.hint
