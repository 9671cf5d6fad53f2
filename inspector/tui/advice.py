"""A finding's fix as one would write it: the Dockerfile's instructions with `+` and `-`, where it says what to run.

Lines are (sign, text), the sign one of `+`, `-` and a space. Findings that name no command have none.
"""

from __future__ import annotations

import re

from inspector.findings.finding import Finding
from inspector.findings.hidden import REMOVED
from inspector.inspection import Inspection
from inspector.safe_names import printable
from inspector.tui.instruction_words import commands, is_base

Line = tuple[str, str]

_COMMAND = re.compile(
    r"\bend .+? with: && (.+?)(?=$|\. (?:or|that|RUNs|keep|[a-z]+ needs)\b|; [0-9]|, if |, once )", re.S
)
"""The first command a fix wants at the end of a RUN (findings/build_tools.py, findings/patterns.py)."""


def diff(inspection: Inspection, finding: Finding) -> list[Line]:
    """What to change in the Dockerfile for a finding; empty where only the fix's own words tell."""
    if finding.rule == REMOVED and finding.layers and finding.hidden_in:
        return _joined(inspection, finding.layers[0], finding.hidden_in[0])
    command = _COMMAND.search(finding.fix)
    step = inspection.instruction_of(finding.layers[0]) if finding.layers else None
    if command is None or step is None or step.verb != "RUN" or is_base(inspection, finding.layers[0]):
        return []
    return [*_marked(" ", commands(step)), ("+", f"    && {command[1]}")]


def rewritten(lines: list[Line]) -> str:
    """The new Dockerfile text of a diff, with its line ends escaped where a RUN goes on."""
    kept = [text for sign, text in lines if sign != "-"]
    return "\n".join(
        f"{text} \\" if after.startswith("    ") else text for text, after in zip(kept, [*kept[1:], ""], strict=True)
    )


def _joined(inspection: Inspection, first: int, last: int) -> list[Line]:
    """The RUNs from one layer to a later one made one; files that are copied in between come before it.

    Empty where that is no change a person could make: in the base image, or with instructions between that would mean
    something else.
    """
    start, end = inspection.instruction_of(first), inspection.instruction_of(last)
    if start is None or end is None or first >= last or is_base(inspection, first):
        return []
    steps = inspection.instructions[start.index : end.index + 1]
    if start.verb != "RUN" or end.verb != "RUN" or any(step.verb not in ("RUN", "COPY", "ADD") for step in steps):
        return []
    copied = [step for step in steps if step.verb != "RUN"]
    own = commands(start)
    lines = [*(("+", printable(step.text)) for step in copied), *_marked(" ", own)]
    removed: list[Line] = []
    for step in steps[1:]:
        text = commands(step)
        removed += _marked("-", text)
        if step.verb == "RUN":
            lines += [("+", f"    && {text[0].removeprefix('RUN ')}"), *_marked("+", text[1:])]
    return lines + removed


def _marked(sign: str, texts: list[str]) -> list[Line]:
    return [(sign, text) for text in texts]
