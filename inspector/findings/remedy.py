"""What to do about a finding, as a value: sentences (words.py), patches (patch.py) and reports are made from it."""

from __future__ import annotations

import re
import shlex
from enum import StrEnum

from msgspec import Struct


class RemedyKind(StrEnum):
    """What is to be changed. Kinds are part of the JSON contract."""

    END_RUN_WITH = "end-run-with"
    """Run the command at the end of the RUN."""
    JOIN_RUNS = "join-runs"
    """Make one RUN of two, so that what the later one removes never gets into a layer."""
    DELETE_IN_RUN = "delete-in-run"
    """Remove the files in the RUN that wrote them."""
    CHANGE_AT_SOURCE = "change-at-source"
    """Give the files their final content, mode and owner in the instruction that brings them."""
    COPY_MODE = "copy-mode"
    """Set mode and owner when copying: COPY --chmod, --chown."""
    COPY_LESS = "copy-less"
    """Keep the files out of the image: .dockerignore, fewer files in COPY."""
    INSTALL_OPTION = "install-option"
    """An option or setting of the package manager, by which the files are never written."""
    CACHE_MOUNT = "cache-mount"
    """Let the files lie in a mount while building: RUN --mount=type=cache."""
    SECRET_MOUNT = "secret-mount"
    """Change the secret, and hand it over by RUN --mount=type=secret."""
    ANOTHER_STAGE = "another-stage"
    """Build in another stage and copy the result."""
    ANOTHER_BASE = "another-base"
    """The base image brought it: build upon another one."""
    LINK = "link"
    """Keep one copy and link to it."""
    STRIP = "strip"
    """Strip debug information."""
    NOTHING = "nothing"
    """It cannot be avoided."""


class Keep(Struct, frozen=True):
    """A package that must stay though the command would remove it. `reason`: `PROGRAM needs FILE`."""

    package: str
    reason: str


class Stricter(Struct, frozen=True):
    """A command that frees so many bytes more, by options of the package manager."""

    command: str
    more_bytes: int


class Remedy(Struct, frozen=True):
    """What to do. `instructions` are indexes of those to change, in their order, empty where none is known.

    `command` is a shell command line of our own templates, never a text of the image; empty where none is meant.
    `keeps` are the packages that it keeps and why, `saves_bytes` what following the advice frees, `doubts` what may
    speak against it and cannot be seen from outside. `advice` are words of our tables, `base` an image to build upon.
    `option` is to be written `behind` these words of commands in the instructions, or behind COPY; the RUNs that
    changed mode or owner of the copied files then go, or the last of them is the `command` alone.
    """

    kind: RemedyKind
    instructions: tuple[int, ...] = ()
    command: str = ""
    keeps: tuple[Keep, ...] = ()
    saves_bytes: int = 0
    doubts: tuple[str, ...] = ()
    advice: str = ""
    stricter: Stricter | None = None
    base: str = ""
    option: str = ""
    behind: tuple[str, ...] = ()


_IMAGE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@-]*").fullmatch


def shell_path(path: str) -> str:
    """A path of the image as one word of a shell command; empty for one that no line of a Dockerfile can hold."""
    return shlex.quote(f"/{path}") if path.isprintable() else ""


def image_name(name: str) -> str:
    """The name of an image that FROM may be given; empty for what holds anything but a name's characters."""
    return name if _IMAGE_NAME(name) else ""
