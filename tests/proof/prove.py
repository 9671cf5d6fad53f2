"""Build a sample, follow its plan and each of its findings alone, build and run the results, and weigh them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from subprocess import TimeoutExpired
from typing import TYPE_CHECKING

from msgspec import Struct

from inspector.attribution.dockerfile import SCRATCH, parse_dockerfile
from inspector.findings.find import reclaimable_bytes
from inspector.inspection import Inspection
from inspector.lean.plan.make import make_plan
from inspector.lean.plan.model import Plan
from inspector.line import inspect_image

from .apply import pasted, patched

if TYPE_CHECKING:
    from tests.engine.engine import Engine

    from .dockerfiles.sample import Sample

PLAN = "plan"
NOTHING = "nothing to gain"

NEARLY_NOTHING = 1_000_000
"""Bytes below which an image is as lean as it can be."""


class Proof(Struct, frozen=True):
    """What one advice promised and what came out, in bytes. `what` is a rule, or the plan's techniques.

    `exact` promises are to be kept to the byte. `problem` is empty where the image was built and prints what it should.
    """

    sample: str
    what: str
    builder: str
    fat_bytes: int
    promised_bytes: int
    real_bytes: int
    exact: bool = False
    problem: str = ""
    followed: str = ""

    @property
    def error_bytes(self) -> int:
        return self.real_bytes - self.promised_bytes

    @property
    def holds(self) -> bool:
        """Within 0.3 % or 200 kB of the promise: a rebuild writes other logs and dates."""
        tolerance = 0 if self.exact else max(200_000, self.promised_bytes * 0.003)
        return not self.problem and abs(self.error_bytes) <= tolerance

    @property
    def is_plan(self) -> bool:
        return self.what.startswith((PLAN, NOTHING))


class Advice(Struct, frozen=True):
    """A Dockerfile that somebody who follows an advice has, and the bytes of its image."""

    what: str
    dockerfile: str
    promised_bytes: int
    builders: tuple[bool, ...]
    exact: bool = False


class Scope(Struct, frozen=True):
    """What is proven: the best plan with each of the builders (True: BuildKit).

    With the last of them also what the other techniques propose, and the findings of these rules alone (None: of all).
    """

    builders: tuple[bool, ...] = (False, True)
    all_techniques: bool = True
    rules: frozenset[str] | None = None


EVERYTHING = Scope()
PLANS = Scope((True,), rules=frozenset())


def prove(engine: Engine, base: str, sample: Sample, scope: Scope = EVERYTHING) -> Iterator[Proof]:
    """A proof of the plan, and of each finding that has a patch."""
    builders = tuple(each for each in scope.builders if each or not sample.for_buildkit)
    tag = f"leaninspect/proof-{'-'.join(re.findall('[a-z0-9]+', sample.name.lower()))}"
    dockerfile = sample.dockerfile(base)
    engine.build(f"{tag}:fat", dockerfile, sample.files, buildkit=sample.for_buildkit)
    inspection = inspect_image(f"docker:{tag}:fat", dockerfile=parse_dockerfile(dockerfile, "Dockerfile"))
    fat, plan = inspection.filesystem.ledger.total_bytes, make_plan(inspection)
    if not sample.gains:
        yield Proof(sample.name, NOTHING, "", fat, fat, fat, problem=_gain(inspection, plan))
    advice = [*_of_best(plan, dockerfile, builders), *_of_findings(inspection, dockerfile, builders[-1:], scope.rules)]
    if scope.all_techniques:
        advice += _of_techniques(plan)
    tried: set[tuple[str, int]] = set()
    for each in advice:
        if (each.dockerfile, each.promised_bytes) in tried:
            continue
        tried.add((each.dockerfile, each.promised_bytes))
        for buildkit in each.builders:
            real, problem = _built(engine, f"{tag}:lean", each.dockerfile, sample, buildkit=buildkit)
            builder = "BuildKit" if buildkit else "classic"
            promised = each.promised_bytes
            yield Proof(sample.name, each.what, builder, fat, promised, real, each.exact, problem, each.dockerfile)


def _of_best(plan: Plan, dockerfile: str, builders: tuple[bool, ...]) -> Iterator[Advice]:
    """The patch of the best plan."""
    if plan.lean is not None:
        techniques = ", ".join(answer.technique for answer in plan.lean.answers)
        followed = patched(dockerfile, plan.lean.patch) if plan.lean.patch else dockerfile
        exact = plan.lean.base == SCRATCH
        yield Advice(f"{PLAN}: {techniques}", followed, plan.lean.predicted_bytes, builders, exact)


def _of_techniques(plan: Plan) -> Iterator[Advice]:
    """What each technique proposes as a whole, with BuildKit."""
    for answer in plan.answers:
        if answer.applies and answer.dockerfile and answer.predicted_bytes is not None:
            exact = answer.base == SCRATCH
            yield Advice(answer.technique, answer.dockerfile, answer.predicted_bytes, (True,), exact)


def _of_findings(
    inspection: Inspection, dockerfile: str, builders: tuple[bool, ...], rules: frozenset[str] | None
) -> Iterator[Advice]:
    for finding in inspection.findings:
        wanted = rules is None or finding.rule in rules
        followed = pasted(dockerfile, inspection, finding) if wanted else None
        if followed is not None:
            promised = inspection.filesystem.ledger.total_bytes - finding.remedy.saves_bytes
            yield Advice(finding.rule, followed, promised, builders)


def _built(engine: Engine, tag: str, dockerfile: str, sample: Sample, *, buildkit: bool) -> tuple[int, str]:
    """The engine's size of what was built, and what is wrong with it."""
    try:
        engine.build(tag, dockerfile, sample.files, buildkit=buildkit)
        size = int(engine.docker("image", "inspect", "--format", "{{.Size}}", tag))
        printed = engine.docker("run", "--rm", "--network", "none", tag).strip()
        # it is not built again, and thirty of them fill a disk
        engine.docker("image", "rm", "--force", tag)
        engine.docker("builder", "prune", "--force", "--all")
    except (AssertionError, TimeoutExpired) as error:
        return 0, str(error)
    return size, "" if printed == sample.prints else f"prints {printed!r}"


def _gain(inspection: Inspection, plan: Plan) -> str:
    """What is promised of an image from which nothing can be gained; empty where nothing is."""
    if plan.lean is not None:
        return f"the plan promises {plan.lean.predicted_bytes} bytes by {plan.lean.answers[0].reason}"
    reclaimable = reclaimable_bytes(inspection.findings)
    return f"{reclaimable} bytes are called reclaimable" if reclaimable >= NEARLY_NOTHING else ""
