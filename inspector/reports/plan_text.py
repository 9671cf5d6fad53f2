"""The plan in words: for `leaninspect plan`, and in a sentence for the text report."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from inspector.image.digest import short
from inspector.inspection import Inspection
from inspector.lean.plan.model import STAYS, Answer, Part, Plan, Step
from inspector.reports.colour import Paint, painted_sign, plain
from inspector.safe_names import printable
from inspector.sizes import human, signed

UNKNOWN = "–"
NAME = 27
"""Cells of a technique's name."""

INDENT = 14
"""Cells before what a step is, and what goes on from the line before."""

STEP = 110
"""Characters of a step in the sentence; `leaninspect plan` has it whole."""

TOLD = 2
"""Steps that the sentence tells: the one that saves most, and what follows upon it."""

RECONSTRUCTED = "No Dockerfile is known: these lines are made from the image's history. --dockerfile FILE names yours."


def plan_text(inspection: Inspection, plan: Plan, width: int = 120, paint: Paint = plain) -> str:
    """The techniques with their sizes, the steps of the best, what stays, what is assumed, and the patch, whole."""
    lines = [*_headline(inspection, plan), "", *_techniques(plan, width)]
    best = plan.lean.answers[0] if plan.lean else None
    if plan.lean and best:
        for section in (_steps(best, width), _left(best), _stays(best), _assumptions(best, width)):
            told = list(section)
            lines += ["", *told] if told else []
        lines += ["", *_patch(plan, paint)]
    return "\n".join(lines) + "\n"


def plan_sentence(plan: Plan) -> str:
    """The best plan in one sentence; empty where none applies.

    `728.0 MB → 121.5 MB (−606.5 MB): make one RUN of the 2 in lines 5 to 9, end it with: apt-get purge …, and 2
    steps more; leaninspect plan writes the patch`
    """
    lean = plan.lean
    if lean is None:
        return ""
    steps = [step for answer in lean.answers for step in answer.steps]
    first = max(range(len(steps)), key=lambda number: steps[number].saves_bytes, default=0)
    if steps and steps[first].text.startswith("end it "):  # which is the RUN of the step before
        first -= 1
    told = [textwrap.shorten(printable(step.text), STEP, placeholder=" …") for step in steps[first : first + TOLD]]
    if more := len(steps) - len(told):
        told.append(f"and {more} {'step' if more == 1 else 'steps'} more")
    sizes = (
        f"{human(plan.size_bytes)} → {human(lean.predicted_bytes)} ({signed(lean.predicted_bytes - plan.size_bytes)})"
    )
    is_written = lean.patch and not lean.reconstructed
    what = ", ".join(told) or printable(lean.answers[0].reason)
    return f"{sizes}: {what}; leaninspect plan {'writes the patch' if is_written else 'shows how'}"


def _headline(inspection: Inspection, plan: Plan) -> Iterator[str]:
    image = inspection.image
    yield f"{printable(image.reference)}   {_arrow(plan)}"
    facts = (str(image.config.platform) if image.config.platform else "", image.source, f"sha256:{short(image.id)}")
    yield " · ".join(filter(None, facts))
    yield from (f"note: {printable(note)}" for note in inspection.notes)


def _arrow(plan: Plan) -> str:
    size = human(plan.size_bytes)
    if plan.lean is None:
        return f"{size}, nothing to gain"
    saved = plan.size_bytes - plan.lean.predicted_bytes
    trades = plan.lean.predicted_bytes - plan.lean.with_trades_bytes
    less = f", {human(plan.lean.with_trades_bytes)} with all trades" if trades else ""
    return f"{size} → {human(plan.lean.predicted_bytes)} ({signed(-saved)}{less})"


def _techniques(plan: Plan, width: int) -> Iterator[str]:
    """One line each, the smallest first; the best plan has a mark."""
    chosen = plan.lean.answers if plan.lean else ()
    for answer in plan.answers:
        size = human(answer.predicted_bytes) if answer.predicted_bytes is not None else UNKNOWN
        mark = ">" if any(answer is each for each in chosen) else " "
        name = (
            f"{answer.technique} {printable(answer.base)}" if answer.technique == "another-base" else answer.technique
        )
        first, *rest = _wrapped(f"{'' if answer.applies else 'no: '}{answer.reason}", width, NAME + 14)
        if len(name) > NAME:
            yield f"{mark} {name}"
            mark, name = " ", ""
        yield f"{mark} {name:<{NAME}} {size:>9}  {first.strip()}"
        yield from rest


def _steps(answer: Answer, width: int) -> Iterator[str]:
    yield "Steps, and what each saves after those before it"
    for step in answer.steps:
        first, *rest = _wrapped(step.text, width, INDENT)
        yield f"  {signed(-step.saves_bytes):>10}  {first.strip()}{_class(step)}"
        yield from rest


def _class(step: Step) -> str:
    return "" if step.advice_class == "safe" else f"   {step.advice_class}"


def _left(answer: Answer) -> Iterator[str]:
    if len(answer.parts) > 1:
        yield "What is left"
        yield from _parts(answer.parts)


def _stays(answer: Answer) -> Iterator[str]:
    if answer.stays:
        yield STAYS
        yield from _parts(answer.stays)


def _parts(parts: Iterable[Part]) -> Iterator[str]:
    return (f"  {human(part.size_bytes):>10}  {printable(part.what)}" for part in parts)


def _assumptions(answer: Answer, width: int) -> Iterator[str]:
    if answer.assumptions:
        yield f"Assumed, {answer.confidence:.0%} sure"
        for each in answer.assumptions:
            first, *rest = _wrapped(each, width, 4)
            yield f"  - {first.strip()}"
            yield from rest


def _patch(plan: Plan, paint: Paint) -> Iterator[str]:
    lean = plan.lean
    if lean is None or not lean.patch:
        yield "No patch: no Dockerfile that does this can be written (--dockerfile FILE names yours, if none is known)"
        return
    yield (
        RECONSTRUCTED if lean.reconstructed else "Patch (leaninspect plan IMAGE --patch FILE writes it; git apply FILE)"
    )
    yield from (painted_sign(line[:1], printable(line), paint) for line in lean.patch.splitlines())


def _wrapped(text: str, width: int, indent: int) -> list[str]:
    """Lines of at most `width` cells, all indented."""
    lines = textwrap.wrap(printable(text), max(width - indent, 40), break_on_hyphens=False, break_long_words=False)
    return [f"{'':{indent}}{line}" for line in lines] or [""]
