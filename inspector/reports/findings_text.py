"""Findings in the text report: waste by bytes, and secrets, whose bytes say nothing, in a section of their own."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from inspector.findings.find import Figures, by_size, figures
from inspector.findings.finding import AdviceClass, Finding
from inspector.findings.patch import finding_patch
from inspector.findings.registry import SECRET, Severity, find_rule
from inspector.findings.words import fix_text, patch_place
from inspector.inspection import Inspection
from inspector.reports.cutting import cut
from inspector.safe_names import printable
from inspector.sizes import counted, human

FINDINGS = 12
SECRETS = 12
"""Rows of the lists; the JSON report has them all."""

PATHS = 3
"""Secrets of one kind and instruction that are named."""

INDENT = 14
"""Cells before a finding's advice."""


def waste_lines(inspection: Inspection, width: int) -> Iterator[str]:
    """What could be freed, biggest first; nothing where all is well. Advice is wrapped, what is to be written whole."""
    waste = [finding for finding in by_size(inspection.findings) if finding.rule != SECRET]
    if not waste:
        return
    yield f"Waste, biggest first: {_figures(figures(inspection.findings))}"
    for finding in waste[:FINDINGS]:
        told = f"{printable(finding.title)}, {_files(finding)}"
        yield cut(f"  {human(finding.size_bytes):>10}  {told}   {_rule(finding.rule)}{_class(finding)}", width)
        yield from _advice(inspection, finding, width)
        yield from _patch(inspection, finding)
    yield from _rest(waste[FINDINGS:], "smaller findings")


def _figures(of: Figures) -> str:
    """`610.0 MB reclaimable, 11.3 MB by trades, 49.4 MB only on another base`."""
    others = ((of.trade_bytes, "by trades"), (of.base_bytes, "only on another base"))
    return ", ".join([f"{human(of.safe_bytes)} reclaimable", *(f"{human(size)} {how}" for size, how in others if size)])


def secret_lines(inspection: Inspection, width: int) -> Iterator[str]:
    """A line for each kind of secret that an instruction brought; nothing where there are none."""
    groups: dict[object, list[Finding]] = {}
    for finding in inspection.findings:
        if finding.rule == SECRET:
            groups.setdefault((finding.layers, finding.hidden_in, _kind(inspection, finding)), []).append(finding)
    if not groups:
        return
    yield f"Secrets that whoever has the image can read   {_rule(SECRET)}"
    for findings in list(groups.values())[:SECRETS]:
        yield f"  {human(_bytes(findings)):>10}  {printable(_told(inspection, findings))}"
        yield from _advice(inspection, findings[0], width)
    yield from _rest([finding for more in list(groups.values())[SECRETS:] for finding in more], "further files")


def _kind(inspection: Inspection, finding: Finding) -> str:
    """`OpenSSH private key`, or the title of those that are no certain secrets, which are told together."""
    if finding.severity is not Severity.ERROR:
        return finding.title
    layer, row = inspection.filesystem.locate(finding.examples[0])
    return inspection.scans[layer].facts.secrets[row]


def _told(inspection: Inspection, findings: list[Finding]) -> str:
    """`3 × OpenSSH private key: /a, /b, /c`, and who hides them in vain."""
    first = findings[0]
    if first.severity is not Severity.ERROR:
        return f"{first.title}, {_files(first)}"
    ids = [entry_id for finding in findings for entry_id in finding.frees]
    paths = ", ".join(f"/{inspection.filesystem.entry(entry_id).path}" for entry_id in ids[:PATHS])
    count = f"{len(ids)} × " if len(ids) > 1 else ""
    more = f" and {len(ids) - PATHS} more" if len(ids) > PATHS else ""
    hidden = f", hidden by layer {first.hidden_in[0]} but still readable" if first.hidden_in else ""
    return f"{count}{_kind(inspection, first)}: {paths}{more}{hidden}"


def _advice(inspection: Inspection, finding: Finding, width: int) -> Iterator[str]:
    text = printable(fix_text(finding, inspection))
    for line in textwrap.wrap(text, max(width - INDENT, 40), break_on_hyphens=False):
        yield f"{'':{INDENT}}{line}"


def _patch(inspection: Inspection, finding: Finding) -> Iterator[str]:
    """What to write instead, whole, and where."""
    patch = finding_patch(finding.remedy, inspection)
    if patch is not None:
        yield f"{'':{INDENT}}{printable(patch_place(patch))}"
        yield from (f"{'':{INDENT}}{line.sign} {line.text}" for line in patch.lines)


def _class(finding: Finding) -> str:
    """What following the advice asks of a person, where that is not nothing."""
    safe = finding.advice_class is AdviceClass.SAFE
    return "" if safe else f" · {finding.advice_class}"


def _rule(id_: str) -> str:
    """Its id, and those of other tools' rules that say the same."""
    see = find_rule(id_).see
    return f"{id_} ({', '.join(see)})" if see else id_


def _files(finding: Finding) -> str:
    return counted(len(finding.frees), "file")


def _bytes(findings: Iterable[Finding]) -> int:
    return sum(finding.size_bytes for finding in findings)


def _rest(findings: list[Finding], what: str) -> Iterator[str]:
    if findings:
        yield f"  {human(_bytes(findings)):>10}  in {len(findings)} {what}"
