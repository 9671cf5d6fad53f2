"""An image as its reports tell it."""

from __future__ import annotations

from functools import cached_property

from inspector.inspection import Inspection
from inspector.lean.plan.make import make_plan
from inspector.lean.plan.model import Plan


class Reported:
    """An inspection with the plan for it, which is made once for all reports, unless one is given."""

    def __init__(self, inspection: Inspection, plan: Plan | None = None) -> None:
        self.inspection, self._given = inspection, plan

    @cached_property
    def plan(self) -> Plan:
        return self._given or make_plan(self.inspection)
