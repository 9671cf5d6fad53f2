"""Names of the images that engines have, for the shell's completion: what is not told in time is left out."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from threading import Thread
from time import monotonic

from inspector.sources.engine import DOCKER, PODMAN, Engine
from inspector.sources.sessions import close_session

NO_NAME = "<none>:<none>"

ENGINES = {engine.transport: engine for engine in (DOCKER, PODMAN)}


def engine_names(transports: Sequence[str], seconds: float) -> list[str]:
    """`app:1`, …: the tags that these engines (`docker`, `podman`) have, sorted. Never raises."""
    told: list[str] = []
    asking = [Thread(target=_ask, args=(ENGINES[each], told), daemon=True) for each in transports]
    for thread in asking:
        thread.start()
    until = monotonic() + seconds
    for thread in asking:
        thread.join(max(0.0, until - monotonic()))
    return sorted({*told})


def _ask(engine: Engine, told: list[str]) -> None:
    with suppress(Exception):  # no engine, no permission, not our answer: the SDK raises much
        client = engine.connect()
        try:
            tags = [tag for image in client.api.images() for tag in image.get("RepoTags") or ()]
        finally:
            close_session(client.api)
        told.extend(tag for tag in tags if tag != NO_NAME)
