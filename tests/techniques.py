"""Techniques of a plan, each asked about an image alone."""

from __future__ import annotations

from inspector.inspection import Inspection
from inspector.lean.plan import another_base as upon
from inspector.lean.plan import multi_stage as stages
from inspector.lean.plan.examined import Examined
from inspector.lean.plan.model import Answer


def multi_stage(inspection: Inspection) -> Answer:
    return stages.multi_stage(Examined(inspection))


def another_base(inspection: Inspection, candidate: Inspection) -> Answer:
    return upon.another_base(Examined(inspection), candidate)
