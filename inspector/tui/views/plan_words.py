"""What the Plan view says: the steps of a technique with what each saves, and the lines of its patch."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from inspector.findings.find import by_size
from inspector.findings.finding import AdviceClass, Finding, union_bytes
from inspector.findings.remedy import RemedyKind
from inspector.inspection import Inspection
from inspector.lean.plan.model import STAYS, Answer, Part, Plan, Technique
from inspector.safe_names import printable
from inspector.sizes import human, signed
from inspector.tui.views.waste import CLASSES
from inspector.tui.widgets.text_lines import GOES_ON, Line, Piece

TITLES = {
    Technique.REMOVE_BUILD_DEPENDENCIES: "remove build tools in the RUN",
    Technique.MULTI_STAGE: "multi-stage",
    Technique.ANOTHER_BASE: "another base",
    Technique.SHARED_BASE: "shared base",
}

ON = {Technique.MULTI_STAGE: ", on {}", Technique.ANOTHER_BASE: ": {}"}
"""How the image that a proposal is built upon is named behind the title."""

NO_DOCKERFILE = "reconstructed from the image's history: no Dockerfile known; give one with --dockerfile"

NAMED = 3
"""Findings named for what the plan leaves."""

SAVES, CLASS = 10, 7
"""Cells of what a step saves, and of its class."""

_HUNK = re.compile(r"@@ -(?P<first>\d+)(?:,(?P<count>\d+))? ").match


def technique_text(answer: Answer) -> str:
    """`multi-stage, on scratch`."""
    base = ON.get(answer.technique, "").format(answer.base) if answer.base else ""
    return printable(f"{TITLES[answer.technique]}{base}")


def size_by(plan: Plan, answer: Answer, with_trades: bool) -> int | None:
    """Bytes that the image would have by an answer, in the best plan less the trades where those are wanted."""
    lean = plan.lean
    if lean is not None and lean.answers == (answer,):
        return lean.with_trades_bytes if with_trades else lean.predicted_bytes
    return answer.predicted_bytes if answer.applies else None


def headline(plan: Plan, with_trades: bool) -> str:
    """`Plan: 728.0 MB → 121.5 MB, −606.5 MB`."""
    lean = plan.lean
    if lean is None:
        return f"Plan: {human(plan.size_bytes)}, nothing to gain"
    size = lean.with_trades_bytes if with_trades else lean.predicted_bytes
    trades = " with trades" if with_trades else ""
    return f"Plan: {human(plan.size_bytes)} → {human(size)}{trades}, {signed(size - plan.size_bytes)}"


def step_lines(inspection: Inspection, plan: Plan, answer: Answer, with_trades: bool) -> list[Line]:
    """All about an answer: why, its steps, what they leave to a choice or to the base, what is left, what could
    go and stays, and what is assumed."""
    if not answer.applies:
        before = "" if plan.lean else "nothing to gain: "
        return [Line((("lines--plain", printable(f"{before}{answer.reason}")),), by_words=True)]
    lines = [Line((("lines--plain", printable(answer.reason)),), by_words=True), Line()]
    for step in answer.steps:
        text = ("lines--plain", printable(step.text))
        lines.append(_step(step.saves_bytes, step.advice_class, "lines--strong", text))
    if plan.lean and answer in plan.lean.answers:
        traded = plan.lean.predicted_bytes - plan.lean.with_trades_bytes
        lines += _left_out(inspection.findings, answer, traded, with_trades)
    if answer.parts:
        before = " before the trades" if size_by(plan, answer, with_trades) != answer.predicted_bytes else ""
        lines += [Line(), _heading(f"{human(answer.predicted_bytes or 0)} are left{before}")]
        lines += _parts(answer.parts)
    if answer.stays:
        lines += [Line(), _heading(STAYS), *_parts(answer.stays)]
    if answer.assumptions:
        lines += [Line(), _heading("Assumes")]
        for assumption in answer.assumptions:
            lines.append(Line((("lines--plain", printable(assumption)),), (("lines--muted", "· "),), by_words=True))
    return lines


def _parts(parts: Iterable[Part]) -> Iterator[Line]:
    for part in parts:
        head = (("lines--plain", f"{human(part.size_bytes):>{SAVES}}  "),)
        yield Line((("lines--plain", printable(part.what)),), head, by_words=True)


def _step(saves: int, advice: AdviceClass, look: str, *text: Piece) -> Line:
    head = (look, f"{signed(-saves):>{SAVES}}  "), ("lines--muted", f"{CLASSES[advice][0]:<{CLASS}}")
    return Line(text, head, by_words=True)


def _left_out(findings: Sequence[Finding], answer: Answer, traded: int, with_trades: bool) -> Iterator[Line]:
    """What the steps leave: trades, which are counted on demand, and what only another base is without."""
    if traded:
        look = "lines--strong" if with_trades else "lines--muted"
        how = "counted in, not in the patch: " if with_trades else "not counted in (t): "
        trades = _titles(_left(findings, answer, AdviceClass.TRADE))
        yield _step(traded, AdviceClass.TRADE, look, ("lines--muted", how), ("lines--plain", trades))
    base = _left(findings, answer, AdviceClass.BASE)
    if base:
        told = ("lines--muted", "not yours, another base is without it: "), ("lines--plain", _titles(base))
        yield _step(union_bytes(base.values()), AdviceClass.BASE, "lines--muted", *told)


def _left(findings: Sequence[Finding], answer: Answer, advice: AdviceClass) -> dict[str, dict[int, int]]:
    """Title of findings of a class, most bytes first → what they would free of what an answer leaves."""
    left: dict[str, dict[int, int]] = {}
    for finding in by_size(findings):
        if finding.advice_class is advice and finding.remedy.kind is not RemedyKind.NOTHING:
            frees = {i: size for i, size in finding.frees.items() if answer.remains and i in answer.remains}
            if frees:
                left.setdefault(finding.title, {}).update(frees)
    return left


def _titles(findings: Iterable[str]) -> str:
    titles = [printable(title) for title in findings]
    more = f"; and {len(titles) - NAMED} more" if len(titles) > NAMED else ""
    return "; ".join(titles[:NAMED]) + more


def _heading(text: str) -> Line:
    return Line((("lines--live", text),))


def patch_lines(patch: str, reconstructed: bool) -> list[Line]:
    """The lines of a unified diff, each with its number in the file as it is, and its sign."""
    lines = [Line((("lines--modified", NO_DOCKERFILE),), by_words=True), Line()] if reconstructed else []
    rows = patch.removesuffix("\n").split("\n")
    ends = [int(found["first"]) + int(found["count"] or 1) - 1 for found in map(_HUNK, rows) if found]
    number, digits = 0, len(str(max(ends, default=0)))
    for raw in rows:
        hunk = _HUNK(raw)
        if hunk:
            number = int(hunk["first"])
            lines.append(Line((("lines--muted", printable(raw)),), goes_on=GOES_ON))
        elif number == 0 or raw.startswith("\\"):
            if not raw.startswith(("--- ", "+++ ", "# ")):
                lines.append(Line((("lines--muted", printable(raw)),), goes_on=GOES_ON))
        else:
            sign, look = raw[:1] or " ", LOOKS.get(raw[:1], "lines--plain")
            here = "" if sign == "+" else str(number)
            head = ("lines--faint", f"{here:>{digits}} "), (look, f"{sign} ")
            lines.append(Line(((look, _shown(raw[1:])),), head, GOES_ON, by_words=True))
            number += sign != "+"
    return lines


LOOKS = {"+": "lines--added", "-": "lines--removed"}


def text_lines(text: str, reconstructed: bool) -> list[Line]:
    """The lines of a whole Dockerfile, numbered."""
    lines = [Line((("lines--modified", NO_DOCKERFILE),), by_words=True), Line()] if reconstructed else []
    rows = text.removesuffix("\n").split("\n")
    digits = len(str(len(rows)))
    for number, row in enumerate(rows, 1):
        lines.append(
            Line((("lines--plain", _shown(row)),), (("lines--faint", f"{number:>{digits}}  "),), GOES_ON, by_words=True)
        )
    return lines


def _shown(line: str) -> str:
    return printable(line.removesuffix("\r").expandtabs(4))
