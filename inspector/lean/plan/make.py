"""The plan: every technique is asked, and the surest of those that make the image smallest is the lean one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from inspector.findings.finding import AdviceClass, union_bytes
from inspector.findings.remedy import RemedyKind
from inspector.inspection import Inspection
from inspector.lean.plan.another_base import another_base
from inspector.lean.plan.document import Document, document_of, patch_of
from inspector.lean.plan.examined import Examined
from inspector.lean.plan.model import Answer, Lean, Plan, Technique
from inspector.lean.plan.multi_stage import multi_stage
from inspector.lean.plan.removing import remove_build_dependencies

ALIKE_SHARE, ALIKE_BYTES = 0.02, 1_000_000
"""Of answers whose sizes differ by less than either, the surer one is better: it changes less."""

ONE_IMAGE = Answer(Technique.SHARED_BASE, applies=False, reason="one image alone shares nothing with others")


def make_plan(inspection: Inspection, candidates: Sequence[Inspection] = ()) -> Plan:
    """What could be done about an image, the smallest first. `candidates` are other base images to measure."""
    document, examined = document_of(inspection), Examined(inspection)
    measured = (another_base(examined, candidate) for candidate in candidates)
    asked = (remove_build_dependencies(examined, document), multi_stage(examined), *measured, ONE_IMAGE)
    answers = tuple(sorted(asked, key=lambda each: (not each.applies, _size(each))))
    size = inspection.filesystem.ledger.total_bytes
    best = _best(answers)
    return Plan(size, answers, _lean(inspection, document, best) if best else None)


def _size(answer: Answer) -> float:
    return float("inf") if answer.predicted_bytes is None else answer.predicted_bytes


def _best(answers: Iterable[Answer]) -> Answer | None:
    """The smallest answer, or a surer one that is hardly larger; one that can be written down before all others."""
    applying = [each for each in answers if each.applies and each.predicted_bytes is not None]
    written = [each for each in applying if each.dockerfile] or applying
    if not written:
        return None
    least = min(map(_size, written))
    near = least + max(least * ALIKE_SHARE, ALIKE_BYTES)
    return max((each for each in written if _size(each) <= near), key=lambda each: (each.confidence, -_size(each)))


def _lean(inspection: Inspection, document: Document, best: Answer) -> Lean:
    """The best answer as a plan, with its patch."""
    assert best.predicted_bytes is not None, "_best leaves out answers without a size"
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
