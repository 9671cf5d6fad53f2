"""The text report's shape: what stands first, what is grouped with what, and where the room goes."""

from __future__ import annotations

import pytest

from inspector.demo.archive import whiteout
from inspector.findings.registry import SECRET
from inspector.inspection import Inspection
from inspector.lean.plan.model import Answer, Lean, Plan, Step, Technique
from inspector.reports.colour import ansi
from inspector.reports.findings_text import decisions
from inspector.reports.plan_text import plan_sentence
from inspector.reports.shape import Shape
from inspector.reports.text import text_report
from tests.builders import file
from tests.tui.images import inspection_of, run

LONG = "make " + " ".join(f"target-{number}" for number in range(30))


def busy() -> Inspection:
    """Twelve RUNs that write a file which another RUN deletes, and a manual page, which is a trade."""
    steps = [run(f"write {number}", file(f"srv/{number}", 1_000 * (number + 1))) for number in range(12)]
    steps += [run(f"delete {number}", whiteout(f"srv/{number}")) for number in range(12)]
    return inspection_of([*steps, run("docs", file("usr/share/man/man1/a.1", 5_500))])


def test_findings_are_grouped_by_what_is_to_be_decided() -> None:
    groups = decisions(busy().findings)
    assert [(group.heading, len(group.findings), group.size_bytes) for group in groups] == [
        ("Yours, and safe to remove", 12, 78_000),
        ("Trades, yours to choose", 1, 5_500),
    ]
    sizes = [finding.size_bytes for finding in groups[0].findings]
    assert sizes == sorted(sizes, reverse=True)
    assert SECRET not in {finding.rule for group in groups for finding in group.findings}


def test_the_ten_largest_findings_are_told() -> None:
    lines = text_report(busy()).splitlines()
    assert [line[:12].strip() for line in lines if "   LI" in line] == [
        *(f"{size}.0 kB" for size in range(12, 3, -1)),
        "5.5 kB",
    ]
    assert "      6.0 kB  in 3 findings more, which --top N or --full tells" in lines


def test_the_whole_report_tells_all_findings() -> None:
    assert sum("   LI" in line for line in text_report(busy(), Shape(is_full=True)).splitlines()) == 13


@pytest.mark.parametrize("width", [40, 60, 80, 99, 100, 120, 200])
def test_the_instruction_keeps_half_of_the_line(width: int) -> None:
    inspection = inspection_of([run(LONG, file("a", 9_000)), run(LONG, file("b", 9_000))])
    lines = text_report(inspection, Shape(width)).splitlines()
    heading = next(line for line in lines if line.endswith("instruction"))
    rows = [line for line in lines if line.endswith("…") and "RUN make" in line]
    assert [len(row) for row in rows] == [width, width]
    assert width - heading.index("instruction") >= width // 2 or width < 60


def test_the_best_plan_is_one_sentence() -> None:
    steps = tuple(
        Step(text, size)
        for text, size in (
            ("write --no-cache behind apk add in line 3", 2_000),
            ("make one RUN of the 2 in lines 5 to 9", 90_000_000),
            ("end it with: apt-get purge -y --auto-remove g++", 300_000_000),
            ("write --chown=app in line 12", 1_000),
        )
    )
    answer = Answer(Technique.REMOVE_BUILD_DEPENDENCIES, applies=True, reason="removed too late", steps=steps)
    lean = Lean(
        121_500_000, 120_000_000, (answer,), base="", dockerfile="FROM x", patch="--- a\n+++ b\n", reconstructed=False
    )
    assert plan_sentence(Plan(728_000_000, (answer,), lean)) == (
        "728.0 MB → 121.5 MB (−606.5 MB): make one RUN of the 2 in lines 5 to 9, end it with: apt-get purge -y "
        "--auto-remove g++, and 2 steps more; leaninspect plan writes the patch"
    )
    assert plan_sentence(Plan(728_000_000, (answer,), None)) == ""


def test_colours_change_nothing_but_the_colours() -> None:
    inspection = busy()
    plain, coloured = (text_report(inspection, shape) for shape in (Shape(), Shape(paint=ansi)))
    parts = coloured.split("\x1b[")
    assert parts[0] + "".join(part.partition("m")[2] for part in parts[1:]) == plain
    assert len(parts) > 20


def test_an_image_without_layers_has_a_report() -> None:
    assert text_report(inspection_of([])).startswith("test:image   0 B in 0 layers, 0 B live, 0 B hidden")
