"""The image config: platform, layers by diff_id, and the history that says how they were made.

Format: OCI image-spec config.md and Docker's older v1 JSON, of which it is a subset.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from inspector.image.document import decode
from inspector.image.platform import Platform
from inspector.image.run import RunConfiguration, parse_run

NO_TIME = "0001-01-01T00:00:00Z"
"""Go's zero time, which kaniko, ko and others write where they mean “unknown”."""


class HistoryEntry(Struct, frozen=True):
    """One step of the build as the builder recorded it; `empty_layer` steps made no layer."""

    created_by: str
    created: str | None
    comment: str
    empty_layer: bool


class ImageConfig(Struct, frozen=True):
    """The parts of a config that leaninspect uses; `run` is its `config` object."""

    platform: Platform | None
    created: str | None
    diff_ids: tuple[str, ...]
    history: tuple[HistoryEntry, ...]
    run: RunConfiguration


class _History(msgspec.Struct):
    created: str | None = None
    created_by: str | None = None
    comment: str | None = None
    empty_layer: bool | None = None


class _RootFS(msgspec.Struct):
    diff_ids: list[str] | None = None


class _Config(msgspec.Struct):
    os: str | None = None
    architecture: str | None = None
    variant: str | None = None
    created: str | None = None
    rootfs: _RootFS | None = None
    history: list[_History] | None = None
    config: dict[str, Any] | None = None


_decoder = msgspec.json.Decoder(_Config)


def parse_config(data: bytes) -> ImageConfig:
    """Bytes of a config blob → ImageConfig.

    Raises BadImage, naming the path inside the JSON that is wrong.
    """
    raw = decode(data, _decoder, "the image config")
    platform = Platform(raw.os, raw.architecture, raw.variant or None) if raw.os and raw.architecture else None
    return ImageConfig(
        platform=platform,
        created=_known_time(raw.created),
        diff_ids=tuple((raw.rootfs.diff_ids if raw.rootfs else None) or ()),
        history=tuple(
            HistoryEntry(
                created_by=entry.created_by or "",
                created=_known_time(entry.created),
                comment=entry.comment or "",
                empty_layer=bool(entry.empty_layer),
            )
            for entry in raw.history or ()
        ),
        run=parse_run(raw.config or {}),
    )


def _known_time(text: str | None) -> str | None:
    return None if not text or text == NO_TIME else text
