"""Most samples of `make proof`: the plan's patch builds, the program prints the same, the size is the promised one.

Two samples are built at a time. What takes minutes even so (JDK, Node, Rust, Go a second time, an extension from PyPI)
is left to `make proof`, as are the classic builder, what techniques propose that are not the best, and all remedies
but one of each rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.proof.dockerfiles import SAMPLES
from tests.proof.prove import Proof, Scope, prove

from .engine import running_engine
from .machine import make_slim, newer_engine

if TYPE_CHECKING:
    from .engine import Engine

pytestmark = pytest.mark.engine

QUICK = {sample.name: sample for sample in SAMPLES if not sample.slow and not sample.heredocs}
HERE_DOCUMENTS = next(sample for sample in SAMPLES if sample.heredocs)

REMEDIES = {
    "LI1001": "users, COPYs and ENV between install and purge",
    "LI1002": "caches only",
    "LI1003": "chmod -R and chown -R after COPY",
    "LI2001": "a script in the style of the official images",
    "LI3001": "package lists only",
    "LI3002": "caches only",
    "LI3003": "Alpine, apk's cache left",
    "LI7004": "a user's files, owned after COPY, and logs",
    "LI7007": "package lists only",
}
"""Where the remedy of each rule is followed alone: every rule of which a sample has a finding with a patch."""

Runs = dict[str, Future[list[Proof]]]


@pytest.fixture(scope="module")
def runs(request: pytest.FixtureRequest, engine: Engine) -> Iterator[Runs]:
    """What is proven of each sample that is tested, two at a time."""
    items = [item for item in request.session.items if item.path == request.path and hasattr(item, "callspec")]
    names = [item.callspec.params["name"] for item in items]
    with pytest.MonkeyPatch.context() as environment, ThreadPoolExecutor(2) as pool:
        environment.setenv("DOCKER_HOST", engine.host)
        bases = {name: request.getfixturevalue(name) for name in {QUICK[name].base for name in names}}
        yield {name: pool.submit(proven, engine, bases[QUICK[name].base], name) for name in names}
        pool.shutdown(cancel_futures=True)


def proven(engine: Engine, base: str, name: str) -> list[Proof]:
    rules = frozenset(rule for rule, sample in REMEDIES.items() if sample == name)
    return list(prove(engine, base, QUICK[name], Scope((True,), all_techniques=False, rules=rules)))


def test_each_rule_has_a_sample_of_its_own_here() -> None:
    assert set(REMEDIES.values()) <= QUICK.keys()


@pytest.mark.parametrize("name", QUICK)
def test_what_is_advised_builds_and_has_the_promised_size(runs: Runs, name: str) -> None:
    proofs = runs[name].result()
    assert [proof for proof in proofs if not proof.holds] == []
    rules = {rule for rule, sample in REMEDIES.items() if sample == name}
    assert rules <= {proof.what for proof in proofs}
    assert any(proof.is_plan for proof in proofs)


def test_a_newer_engine_builds_what_is_advised_where_here_documents_are(monkeypatch: pytest.MonkeyPatch) -> None:
    with running_engine(newer_engine()) as newer:
        monkeypatch.setenv("DOCKER_HOST", newer.host)
        scope = Scope((True,), all_techniques=False, rules=frozenset({"LI2001"}))
        proofs = list(prove(newer, make_slim(newer), HERE_DOCUMENTS, scope))
    assert [proof for proof in proofs if not proof.holds] == []
    assert [proof.what for proof in proofs] == ["plan: remove-build-dependencies", "LI2001"]
