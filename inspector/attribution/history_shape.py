"""Where a base image ends, guessed from its history alone: low confidence, and said to be so wherever it is used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from inspector.attribution.instructions import Instruction

GAP = timedelta(hours=1)
"""Between two entries that one build hardly made; base images are older than what is built upon them."""

_IMPORTED = "Imported from"
"""What `docker import` writes."""


def boundary_by_shape(steps: Sequence[Instruction]) -> int | None:
    """How many of the first entries are the base image's; None where nothing shows.

    An image ends with CMD or ENTRYPOINT and other settings: after the last of such endings that is followed by
    instructions of a later time. Else after an imported file system.
    """
    for entries in range(len(steps) - 1, 0, -1):
        if _is_ending(steps[:entries]) and is_gap(steps[entries - 1], steps[entries]):
            return entries
    if len(steps) > 1 and steps[0].text.startswith(_IMPORTED):
        return 1
    return None


def is_gap(before: Instruction, after: Instruction) -> bool:
    """Whether much time passed from one entry to the next."""
    times = _time(before.created), _time(after.created)
    return times[0] is not None and times[1] is not None and times[1] - times[0] >= GAP


def _is_ending(steps: Sequence[Instruction]) -> bool:
    """Whether the entries end with settings, CMD or ENTRYPOINT among them, after a layer."""
    for step in reversed(steps):
        if not step.empty:
            return False
        if step.verb in ("CMD", "ENTRYPOINT"):
            return any(not other.empty for other in steps)
    return False


def _time(text: str | None) -> datetime | None:
    try:
        time = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return time if time is None or time.tzinfo is not None else None
