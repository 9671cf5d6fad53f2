"""Findings in the text report: waste by what is to be decided, and secrets, whose bytes say nothing, apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from inspector.findings.find import by_size, figures
from inspector.findings.finding import AdviceClass, Finding, union_bytes
from inspector.findings.patch import finding_patch
from inspector.findings.registry import SECRET, Severity, find_rule
from inspector.findings.remedy import RemedyKind
from inspector.findings.words import fix_text, patch_place
from inspector.inspection import Inspection
from inspector.reports.colour import Tone, painted_sign
from inspector.reports.cutting import wrapped
from inspector.reports.shape import Shape
from inspector.safe_names import printable
from inspector.sizes import counted, human

SECRETS = 12
"""Rows of the list; the JSON report has them all."""

PATHS = 3
"""Secrets of one kind and instruction that are named."""

MORE = "--top N or --full tells"

INDENT = 14
"""Cells before a finding's advice."""


class Decision(Struct, frozen=True):
    """Findings that ask the same of a person: `heading` says what, `size_bytes` is what following all of them frees."""

    heading: str
    findings: tuple[Finding, ...]
    size_bytes: int


def decisions(findings: Iterable[Finding]) -> list[Decision]:
    """All waste by what is to be decided, the largest finding of each first; secrets are another matter."""
    waste = [finding for finding in by_size(findings) if finding.rule != SECRET]
    of = figures(waste)
    avoidable = [finding for finding in waste if finding.remedy.kind is not RemedyKind.NOTHING]
    unavoidable = tuple(finding for finding in waste if finding.remedy.kind is RemedyKind.NOTHING)
    classes = {each: tuple(f for f in avoidable if f.advice_class is each) for each in AdviceClass}
    questions = classes[AdviceClass.QUESTION]
    rows = (
        ("Yours, and safe to remove", classes[AdviceClass.SAFE], of.safe_bytes),
        ("Trades, yours to choose", classes[AdviceClass.TRADE], of.trade_bytes),
        ("Questions about what is used at run time", questions, union_bytes(each.frees for each in questions)),
        ("Only on another base", classes[AdviceClass.BASE], of.base_bytes),
        ("Cannot be avoided", unavoidable, union_bytes(each.frees for each in unavoidable)),
    )
    return [Decision(*row) for row in rows if row[1]]


def waste_lines(inspection: Inspection, shape: Shape) -> Iterator[str]:
    """What could be freed, a section for each decision; nothing where all is well. Nothing of it is cut."""
    groups = decisions(inspection.findings)
    told = _told_first(groups, shape)
    for number, group in enumerate(groups):
        if number:
            yield ""
        yield shape.paint(f"{group.heading}: {human(group.size_bytes)}", Tone.HEADING)
        for finding in group.findings:
            if id(finding) in told:
                yield from _finding(inspection, finding, shape)
        yield from _rest([finding for finding in group.findings if id(finding) not in told], MORE)


def _told_first(groups: Iterable[Decision], shape: Shape) -> set[int]:
    """Which findings have a place among so many: the largest of those that can be avoided."""
    ordered = [finding for group in groups for finding in group.findings]
    ordered.sort(key=lambda each: (each.remedy.kind is RemedyKind.NOTHING, -each.size_bytes))
    return {id(finding) for finding in ordered[: shape.limit(shape.top, len(ordered))]}


def _finding(inspection: Inspection, finding: Finding, shape: Shape) -> Iterator[str]:
    title = f"{printable(finding.title)}, {_files(finding)}   {_rule(finding.rule)}"
    yield from _row(finding.size_bytes, title, Tone.WASTE, shape)
    yield from _advice(inspection, finding, shape)
    yield from _patch(inspection, finding, shape)


def _row(size: int, text: str, tone: Tone, shape: Shape) -> Iterator[str]:
    first, *more = wrapped(text, shape.width, INDENT)
    yield f"  {shape.paint(f'{human(size):>10}', tone)}  {first}"
    yield from more


def secret_lines(inspection: Inspection, shape: Shape) -> Iterator[str]:
    """A line for each kind of secret that an instruction brought; nothing where there are none."""
    groups: dict[object, list[Finding]] = {}
    for finding in inspection.findings:
        if finding.rule == SECRET:
            groups.setdefault((finding.layers, finding.hidden_in, _kind(inspection, finding)), []).append(finding)
    if not groups:
        return
    yield f"{shape.paint('Secrets that whoever has the image can read', Tone.HEADING)}   {_rule(SECRET)}"
    limit = shape.limit(SECRETS, len(groups))
    for findings in list(groups.values())[:limit]:
        yield from _row(_bytes(findings), printable(_told(inspection, findings, shape)), Tone.BAD, shape)
        yield from _advice(inspection, findings[0], shape)
    yield from _rest([finding for more in list(groups.values())[limit:] for finding in more], "--full tells")


def _kind(inspection: Inspection, finding: Finding) -> str:
    """`OpenSSH private key`, or the title of those that are no certain secrets, which are told together."""
    if finding.severity is not Severity.ERROR:
        return finding.title
    layer, row = inspection.filesystem.locate(finding.examples[0])
    return inspection.scans[layer].facts.secrets[row]


def _told(inspection: Inspection, findings: list[Finding], shape: Shape) -> str:
    """`3 × OpenSSH private key: /a, /b, /c`, and who hides them in vain."""
    first = findings[0]
    if first.severity is not Severity.ERROR:
        return f"{first.title}, {_files(first)}"
    ids = [entry_id for finding in findings for entry_id in finding.frees]
    named = shape.limit(PATHS, len(ids))
    paths = ", ".join(f"/{inspection.filesystem.entry(entry_id).path}" for entry_id in ids[:named])
    count = f"{len(ids)} × " if len(ids) > 1 else ""
    more = f" and {len(ids) - named} more" if len(ids) > named else ""
    hidden = f", hidden by layer {first.hidden_in[0]} but still readable" if first.hidden_in else ""
    return f"{count}{_kind(inspection, first)}: {paths}{more}{hidden}"


def _advice(inspection: Inspection, finding: Finding, shape: Shape) -> Iterator[str]:
    for line in wrapped(printable(fix_text(finding, inspection)), shape.width, INDENT):
        yield f"{'':{INDENT}}{line.strip()}"


def _patch(inspection: Inspection, finding: Finding, shape: Shape) -> Iterator[str]:
    """What to write instead, whole, and where."""
    patch = finding_patch(finding.remedy, inspection)
    if patch is not None:
        yield f"{'':{INDENT}}{shape.paint(printable(patch_place(patch)), Tone.LINK)}"
        for line in patch.lines:
            yield f"{'':{INDENT}}{painted_sign(line.sign, f'{line.sign} {line.text}', shape.paint)}"


def _rule(id_: str) -> str:
    """Its id, and those of other tools' rules that say the same."""
    see = find_rule(id_).see
    return f"{id_} ({', '.join(see)})" if see else id_


def _files(finding: Finding) -> str:
    return counted(len(finding.frees), "file")


def _bytes(findings: Iterable[Finding]) -> int:
    return sum(finding.size_bytes for finding in findings)


def _rest(findings: list[Finding], how: str) -> Iterator[str]:
    if findings:
        what = "finding" if len(findings) == 1 else "findings"
        yield f"  {human(_bytes(findings)):>10}  in {len(findings)} {what} more, which {how}"
