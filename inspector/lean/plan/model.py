"""What a plan is: an answer of each technique, and the best of them with its patch. Sizes are bytes."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from inspector.findings.finding import AdviceClass

STAYS = "Could go and stays, for no change of lines that is certain to build frees it"


class Technique(StrEnum):
    """Names of the JSON contract."""

    REMOVE_BUILD_DEPENDENCIES = "remove-build-dependencies"
    MULTI_STAGE = "multi-stage"
    ANOTHER_BASE = "another-base"
    SHARED_BASE = "shared-base"


class Part(Struct, frozen=True):
    """A part of a predicted size."""

    what: str
    size_bytes: int


class Step(Struct, frozen=True):
    """One thing to do, and what it saves after the steps before it. `lines` are those of the Dockerfile that change
    (first, last; from 1), None where no file is known or none changes."""

    text: str
    saves_bytes: int
    advice_class: AdviceClass = AdviceClass.SAFE
    lines: tuple[int, int] | None = None


class Answer(Struct, frozen=True):
    """What one technique can do for an image.

    `reason` says in a sentence why it applies or not. `predicted_bytes` is the image's size when its steps are done
    (None: unknown, or it does not apply), of which `parts` are the sum. `confidence` is 0 to 1. `dockerfile` is the
    whole Dockerfile proposed, empty where none can be written. `base` is the image that the proposal is built upon.
    `stays` is what could go as well, but that no change of lines frees of which it is certain that it builds.
    `remains` are the ids of the entries whose bytes are in the result, at most their sizes; None where that is unknown.
    """

    technique: Technique
    applies: bool
    reason: str
    predicted_bytes: int | None = None
    parts: tuple[Part, ...] = ()
    steps: tuple[Step, ...] = ()
    assumptions: tuple[str, ...] = ()
    stays: tuple[Part, ...] = ()
    confidence: float = 1.0
    dockerfile: str = ""
    base: str = ""
    remains: frozenset[int] | None = None


class Lean(Struct, frozen=True):
    """The best plan. `with_trades_bytes` is what comes out when the trades are taken, too.

    `patch` is a unified diff for `git apply`, empty where the Dockerfile is unknown or nothing is to be changed;
    `reconstructed` tells that its old lines were made from the image's history, for no Dockerfile is known.
    """

    predicted_bytes: int
    with_trades_bytes: int
    answers: tuple[Answer, ...]
    base: str
    dockerfile: str
    patch: str
    reconstructed: bool


class Plan(Struct, frozen=True):
    """`size_bytes` is the image's as it is; `lean` is None where nothing applies."""

    size_bytes: int
    answers: tuple[Answer, ...]
    lean: Lean | None
