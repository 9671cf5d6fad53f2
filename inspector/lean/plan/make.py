"""The plan: every technique is asked, and the one that makes the image smallest is the lean one."""

from __future__ import annotations

from collections.abc import Sequence

from inspector.inspection import Inspection
from inspector.lean.plan.model import Answer, Plan


def make_plan(inspection: Inspection, candidates: Sequence[Inspection] = ()) -> Plan:
    """What could be done about an image. `candidates` are other base images to measure."""
    del candidates
    answers: tuple[Answer, ...] = ()
    return Plan(inspection.filesystem.ledger.total_bytes, answers, None)
