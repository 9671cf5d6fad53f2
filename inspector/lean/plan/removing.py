"""remove-build-dependencies: the image as it would be, had each RUN removed what only it needed.

The first technique of “Building lean Docker images” (2018), for all that is safe: build tooling with its closure,
lists, caches, and bytes that a later layer hides. Remedies of single findings are put together: RUNs that two of them
join become one, commands that several want are said once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from inspector.findings.finding import AdviceClass, Finding, Subject, union, union_bytes
from inspector.findings.promise import freed
from inspector.findings.registry import SECRET
from inspector.lean.plan.combining import Changes, Rewriting, combined, freed_by, layers_of, new_lines
from inspector.lean.plan.document import Document, replaced
from inspector.lean.plan.examined import Examined
from inspector.lean.plan.model import Answer, Part, Step, Technique
from inspector.packages.removal.needs import ASSUMPTIONS
from inspector.sizes import human

LEAST = 1_000_000
"""Bytes that a plan must save to be one: less is within what a rebuild changes by itself."""

TOLD = 2
"""Findings named in the reason."""


SURE, LESS_SURE = 0.95, 0.8
"""How sure an answer is; less where the lines had to be made from the history."""


def remove_build_dependencies(examined: Examined, document: Document) -> Answer:
    """What following all safe advice together leaves, and the Dockerfile that does it."""
    inspection, subject, technique = examined.inspection, examined.subject, Technique.REMOVE_BUILD_DEPENDENCIES
    safe = [each for each in inspection.findings if each.advice_class is AdviceClass.SAFE and each.rule != SECRET]
    changes, left = combined(subject, document, safe)
    total = inspection.filesystem.ledger.total_bytes
    acts = list(_acts(subject, document, changes))
    frees = union(act for _, act, _ in acts)
    stays = [finding for finding in left if any(size > frees.get(i, 0) for i, size in finding.frees.items())]
    predicted = total - sum(frees.values())
    if not acts or total - predicted < LEAST:
        return Answer(technique, applies=False, reason=_nothing(stays, total - predicted))
    base = sum(t.size_bytes for n, t in enumerate(inspection.filesystem.totals) if inspection.is_from_base(n))
    parts = [Part("the base image", base), Part("your own instructions", predicted - base)] if base else []
    gone = {entry_id for entry_id, size in frees.items() if size == subject.filesystem.size(entry_id)}
    return Answer(
        technique,
        applies=True,
        reason=_reason(changes.findings),
        predicted_bytes=predicted,
        parts=tuple(parts or [Part("the image", predicted)]),
        steps=tuple(_steps(acts)),
        assumptions=ASSUMPTIONS if any(finding.packages for finding in changes.findings) else (),
        stays=tuple(Part(finding.title, finding.size_bytes) for finding in stays),
        confidence=LESS_SURE if document.reconstructed else SURE,
        dockerfile=replaced(document, new_lines(document, changes)),
        base=(inspection.base.name if inspection.base else None) or "",
        remains=frozenset(range(len(subject.filesystem.fates))) - gone,
    )


Act = tuple[str, Mapping[int, int], tuple[int, int] | None]
"""What to do, entry id → bytes that this frees, and the lines that change."""


def _acts(subject: Subject, document: Document, changes: Changes) -> Iterator[Act]:
    """For each group joining its RUNs, and its command; then what is written into single lines."""
    for group in changes.groups:
        lines, places = _lines(document, group.runs), _told(document, group.runs)
        joins = len(group.runs) > 1
        if joins:
            text = f"make one RUN of the {len(group.runs)} in {places}"
            yield text, freed(subject, layers_of(subject, group)), lines
        if group.command:
            where = "it" if joins else f"the RUN of {places}"
            yield f"end {where} with: {group.command}", freed_by(subject, group), lines
    for each in changes.rewritings:
        yield _writing(document, each), each.finding.frees, _lines(document, each.finding.remedy.instructions)


def _writing(document: Document, each: Rewriting) -> str:
    remedy = each.finding.remedy
    places = _told(document, [index for index, lines in each.lines.items() if lines])
    gone = [index for index, lines in each.lines.items() if not lines]
    behind = f" behind {' and '.join(remedy.behind)}" if remedy.behind else ""
    without = f", and leave out {_told(document, gone)}" if gone else ""
    return f"write {remedy.option}{behind} in {places}{without}"


def _lines(document: Document, indexes: Sequence[int]) -> tuple[int, int] | None:
    if document.reconstructed:
        return None
    return document.places[indexes[0]][0], document.places[indexes[-1]][1]


def _told(document: Document, indexes: Sequence[int]) -> str:
    """`line 3`, `lines 3 to 9`; of a Dockerfile that is not known, the instructions by their indexes."""
    first, last = _lines(document, indexes) or (indexes[0], indexes[-1])
    what = "instruction" if document.reconstructed else "line"
    return f"{what} {first}" if first == last else f"{what}s {first} to {last}"


def _steps(acts: Sequence[Act]) -> Iterator[Step]:
    """Each act with what it frees that those before it did not."""
    told: dict[int, int] = {}
    for text, frees, lines in acts:
        yield Step(text, sum(max(0, size - told.get(each, 0)) for each, size in frees.items()), lines=lines)
        told = union((told, frees))


def _reason(findings: Sequence[Finding]) -> str:
    """The largest of what goes, in the words of the findings; a title that says no more than another is left out."""
    titles = list(dict.fromkeys(each.title for each in sorted(findings, key=lambda each: -each.size_bytes)))
    telling = [title for title in titles if not any(other.startswith(f"{title}:") for other in titles)]
    return f"{'; '.join(telling[:TOLD])}{'; and more' if len(telling) > TOLD else ''}"


def _nothing(stays: Sequence[Finding], saves_bytes: int) -> str:
    if stays and (size := union_bytes(each.frees for each in stays)) >= LEAST:
        return f"{human(size)} could go ({stays[0].title}), but no change of lines that is certain to build frees it"
    if saves_bytes:
        return f"it would save only {human(saves_bytes)}"
    return "your instructions left no build tooling, lists or caches, and hide nothing that could go"
