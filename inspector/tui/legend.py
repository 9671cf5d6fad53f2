"""The figures of an image in words: the one legend of the help and the README."""

from __future__ import annotations

FIGURES: tuple[tuple[str, str], ...] = (
    ("size", "all files of all layers, as their tar headers say"),
    ("live", "of it, what is in the final image"),
    ("hidden", "the rest: a later layer replaced or removed it"),
    ("efficient", "live / size"),
    ("reclaimable", "yours, and nothing that runs can notice"),
    ("trades", "yours, but a choice: documentation, debug data …"),
    ("base", "only another base image is without it"),
    ("waste", "these three, and questions, which no figure counts"),
)
"""Each word of the summary line, and of the Waste view, with what it means. No byte counts twice in a figure."""
