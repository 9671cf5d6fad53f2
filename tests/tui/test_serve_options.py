"""`leaninspect serve`: what is asked of it is asked of the `inspect` that it runs for every page."""

from __future__ import annotations

from collections.abc import Sequence

import click
import pytest

import inspector.tui.serve
from inspector.cli.main import cli


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The arguments of what would be served."""
    served: list[list[str]] = []
    monkeypatch.setattr(inspector.tui.serve, "serve", lambda arguments, *_: served.append(list(arguments)))
    return served


def serve(*arguments: str) -> None:
    cli.main(["serve", *arguments], standalone_mode=False)()


def understood(arguments: Sequence[str]) -> dict[str, object]:
    """What the command line makes of the arguments of `inspect`, without what it was not told."""
    assert arguments[0] == "inspect"
    params = cli.commands["inspect"].make_context("inspect", list(arguments[1:])).params
    return {name: value for name, value in params.items() if value}


def test_an_image_alone(ran: list[list[str]]):
    serve("--port", "8001", "app:1")
    assert [understood(each) for each in ran] == [{"image": "app:1"}]


def test_every_option_about_the_image_is_passed_on(ran: list[list[str]]):
    serve(
        *("app:1", "--platform", "linux/arm64", "--insecure", "--no-cache", "--dockerfile", "-odd name"),
        *("--target", "build", "--base", "debian:12", "--ignore", "var/lib/rpm/**", "--ignore", "*.pyc"),
    )
    assert [understood(each) for each in ran] == [
        {
            "image": "app:1",
            "platform": "linux/arm64",
            "insecure": True,
            "no_cache": True,
            "dockerfile": "-odd name",
            "target": "build",
            "base": "debian:12",
            "ignore": ("var/lib/rpm/**", "*.pyc"),
        }
    ]


def test_an_image_whose_name_looks_like_an_option(ran: list[list[str]]):
    serve("--", "--debug")
    assert [understood(each) for each in ran] == [{"image": "--debug"}]


def test_the_demo(ran: list[list[str]]):
    serve("demo")
    assert ran == [["demo"]]


@pytest.mark.parametrize("arguments", [("demo", "--no-cache"), ("app:1", "--target", "build")])
def test_options_that_mean_nothing_are_told(arguments: Sequence[str]):
    with pytest.raises(click.UsageError):
        serve(*arguments)
