"""An image as the techniques of a plan look at it."""

from __future__ import annotations

from functools import cached_property

from inspector.findings.finding import Subject
from inspector.inspection import Inspection, subject_of
from inspector.lean.plan.runtime import Runtime, runtime_of


class Examined:
    """What several techniques need of an image, found once and not before the first of them asks for it."""

    def __init__(self, inspection: Inspection) -> None:
        self.inspection = inspection

    @cached_property
    def subject(self) -> Subject:
        return subject_of(self.inspection)

    @cached_property
    def runtime(self) -> Runtime:
        return runtime_of(self.subject)
