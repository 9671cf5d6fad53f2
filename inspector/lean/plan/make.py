"""The plan: every technique is asked, and the one that makes the image smallest is the lean one."""

from __future__ import annotations

from collections.abc import Sequence

from inspector.findings.finding import AdviceClass, union_bytes
from inspector.findings.remedy import RemedyKind
from inspector.inspection import Inspection
from inspector.lean.plan.document import Document, document_of, patch_of
from inspector.lean.plan.model import Answer, Lean, Plan, Technique
from inspector.lean.plan.multi_stage import multi_stage
from inspector.lean.plan.removing import remove_build_dependencies

ONE_IMAGE = Answer(
    Technique.SHARED_BASE, applies=False, reason="one image alone shares nothing: leaninspect base IMAGE IMAGE …"
)


def make_plan(inspection: Inspection, candidates: Sequence[Inspection] = ()) -> Plan:
    """What could be done about an image. `candidates` are other base images to measure."""
    del candidates
    document = document_of(inspection)
    answers = (remove_build_dependencies(inspection, document), multi_stage(inspection), ONE_IMAGE)
    size = inspection.filesystem.ledger.total_bytes
    ordered = sorted(answers, key=lambda each: (not each.applies, _size(each)))
    return Plan(size, tuple(ordered), _lean(inspection, document, ordered[0]))


def _size(answer: Answer) -> float:
    return float("inf") if answer.predicted_bytes is None else answer.predicted_bytes


def _lean(inspection: Inspection, document: Document, best: Answer) -> Lean | None:
    """The best answer as a plan, with its patch; None where none applies."""
    if not best.applies or best.predicted_bytes is None:
        return None
    return Lean(
        predicted_bytes=best.predicted_bytes,
        with_trades_bytes=best.predicted_bytes - _trades(inspection, best),
        answers=(best,),
        base=best.base,
        dockerfile=best.dockerfile,
        patch=patch_of(document, best.dockerfile) if best.dockerfile else "",
        reconstructed=document.reconstructed,
    )


def _trades(inspection: Inspection, answer: Answer) -> int:
    """Bytes of what is left that are a choice: documentation, locales, bytecode, debug sections."""
    if answer.remains is None:
        return 0
    remains, traded = answer.remains, AdviceClass.TRADE
    choices = [f for f in inspection.findings if f.advice_class is traded and f.remedy.kind is not RemedyKind.NOTHING]
    return union_bytes({i: size for i, size in each.frees.items() if i in remains} for each in choices)
