"""What a builder's arguments say of the image, read as the builders read them."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.cli.build_arguments import build_file, build_values, parse_arguments


def test_options_are_written_in_four_ways_and_switches_take_no_value() -> None:
    given = parse_arguments(
        ["-tapp:1", "-f", "a/Dockerfile", "--target=run", "--build-arg", "A=1", "--no-cache", "-q", "ctx", "--pull"]
    )
    assert given.options == {
        "tag": ("app:1",),
        "file": ("a/Dockerfile",),
        "target": ("run",),
        "build-arg": ("A=1",),
        "no-cache": ("",),
        "pull": ("",),
    }
    assert given.context == "ctx"


def test_of_an_option_the_last_counts_and_letters_may_stand_together() -> None:
    given = parse_arguments([".", "-qt", "first", "--tag", "second", "--target"])
    assert (given.last("tag"), given.last("target"), given.last("file"), given.context) == ("second", "", None, ".")


@pytest.mark.parametrize(("words", "context"), [(["-"], "-"), (["--tag", "a", "--", "-x"], "-x"), (["-t", "a"], None)])
def test_the_context_is_the_word_that_no_option_takes(words: list[str], context: str | None) -> None:
    assert parse_arguments(words).context == context


def test_build_arguments_without_a_value_have_that_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("B", "there")
    monkeypatch.delenv("C", raising=False)
    words = ["--build-arg", "A=1=2", "--build-arg=B", "--build-arg", "C", "--build-arg", "D=", "."]
    assert build_values(parse_arguments(words)) == {"A": "1=2", "B": "there", "D": ""}


def test_the_dockerfile_is_found_where_the_builder_finds_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("ctx/Dockerfile", "ctx/Containerfile", "ctx/other", "mine"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).touch()

    def found(*words: str, transport: str = "docker") -> str | None:
        path = build_file(parse_arguments(words), transport)
        return path and path.as_posix()

    assert found("ctx") == "ctx/Dockerfile"
    assert found("ctx", transport="podman") == "ctx/Containerfile"
    assert found("-f", "mine", "ctx") == "mine"
    assert found("-f", "other", "ctx") == "ctx/other"
    for elsewhere in (["-"], ["-f", "-", "ctx"], ["https://example.com/app.git"], ["-f", "none", "ctx"], ["."]):
        assert found(*elsewhere) is None
