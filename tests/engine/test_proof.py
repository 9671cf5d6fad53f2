"""A handful of the samples of `make proof`: patches build, programs print the same, sizes are the promised ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.proof.dockerfiles import SAMPLES
from tests.proof.prove import prove

if TYPE_CHECKING:
    from .engine import Engine

pytestmark = pytest.mark.engine

QUICK = (
    "users, COPYs and ENV between install and purge",
    "a script in the style of the official images",
    "chmod -R and chown -R after COPY",
    "nothing to gain",
)


@pytest.mark.parametrize("name", QUICK)
def test_what_is_advised_builds_and_has_the_promised_size(
    engine: Engine, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("DOCKER_HOST", engine.host)
    (sample,) = (each for each in SAMPLES if each.name == name)
    proofs = list(prove(engine, request.getfixturevalue(sample.base), sample, (True,)))
    assert [proof for proof in proofs if not proof.holds] == []
    assert bool(proofs) == (name != "nothing to gain")
