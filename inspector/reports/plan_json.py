"""Plans in the JSON contract."""

from __future__ import annotations

from inspector.lean.plan.model import Answer, Lean
from inspector.reports import contract
from inspector.safe_names import utf8


def to_answer(answer: Answer, size_bytes: int) -> contract.Plan:
    """What a technique can do for an image of that size."""
    predicted = answer.predicted_bytes
    return contract.Plan(
        technique=answer.technique.value,
        applies=answer.applies,
        reason=utf8(answer.reason),
        predicted_bytes=predicted,
        saves_bytes=None if predicted is None else size_bytes - predicted,
        parts=[contract.Part(utf8(part.what), part.size_bytes) for part in answer.parts],
        steps=[contract.Step(utf8(step.text), step.saves_bytes, step.advice_class.value) for step in answer.steps],
        assumptions=[utf8(each) for each in answer.assumptions],
        stays=[contract.Part(utf8(part.what), part.size_bytes) for part in answer.stays],
        confidence=answer.confidence,
        base=utf8(answer.base) or None,
    )


def to_lean(lean: Lean, size_bytes: int) -> contract.Lean:
    """The best plan for an image of that size."""
    return contract.Lean(
        predicted_bytes=lean.predicted_bytes,
        saves_bytes=size_bytes - lean.predicted_bytes,
        with_trades_bytes=lean.with_trades_bytes,
        techniques=[answer.technique.value for answer in lean.answers],
        base=utf8(lean.base) or None,
        patch=utf8(lean.patch) or None,
        reconstructed=lean.reconstructed,
    )
