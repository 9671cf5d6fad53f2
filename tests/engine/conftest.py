"""A real Docker Engine and base images for the tests, or the reason why there are none."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NoReturn

import pytest

from .alpine import running_alpine
from .engine import NoEngineError, running_engine
from .machine import BUSYBOX_TAG, DEBIAN_ROOT_TAG, NoBaseError, make_busybox, make_debian, make_slim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .engine import Engine


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """A Docker Engine of our own, for as long as the tests run."""
    try:
        with running_engine() as running:
            yield running
    except NoEngineError as reason:
        _missing("no Docker Engine", reason)


@pytest.fixture(scope="session")
def debian(engine: Engine) -> str:
    """The tag of a minimal image of the machine's own distribution, with a working apt."""
    try:
        return make_debian(engine)
    except NoBaseError as reason:
        _missing("no Debian base image", reason)


@pytest.fixture(scope="session")
def slim(engine: Engine) -> str:
    """The tag of the same with the settings of Debian's official slim image, in one layer."""
    try:
        return make_slim(engine)
    except NoBaseError as reason:
        _missing("no slim base image", reason)


@pytest.fixture(scope="session")
def busybox(engine: Engine, request: pytest.FixtureRequest) -> str:
    """The tag of the smallest one-layer image with a shell.

    That is bare Debian under this name where busybox cannot be had.
    """
    try:
        return make_busybox(engine)
    except NoBaseError:
        request.getfixturevalue("debian")
        engine.docker("tag", DEBIAN_ROOT_TAG, BUSYBOX_TAG)
        return BUSYBOX_TAG


@pytest.fixture(scope="session")
def alpine(engine: Engine) -> Iterator[str]:
    """The tag of a minimal Alpine whose repository is served while the tests run."""
    try:
        with running_alpine(engine) as tag:
            yield tag
    except NoBaseError as reason:
        _missing("no Alpine base image", reason)


def _missing(what: str, reason: Exception) -> NoReturn:
    """Skip with the reason. CI as root has all that is needed: there it fails, or nobody would notice."""
    text = f"{what}: {reason}"
    if os.environ.get("CI") == "true" and hasattr(os, "geteuid") and os.geteuid() == 0:
        pytest.fail(text, pytrace=False)
    pytest.skip(text)
