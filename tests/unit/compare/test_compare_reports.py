"""A comparison written down, and a saved report as one of its sides."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from inspector.compare.comparison import Comparison, compare
from inspector.compare.side import Cause, Side, Status, side_of
from inspector.demo.archive import Member, whiteout
from inspector.demo.load import inspect_demo
from inspector.errors import BadReport
from inspector.inspection import Inspection
from inspector.reports import schema
from inspector.reports.compare_json import encode_comparison
from inspector.reports.compare_markdown import compare_markdown
from inspector.reports.compare_text import compare_text
from inspector.reports.compare_words import percent
from inspector.reports.json_report import encode, to_report
from inspector.reports.saved import is_report, read_report, saved_side
from inspector.sources.protocol import ignore_progress
from tests.builders import file

from .sides import compared, inspection_of, run

BASE = run("base", file("etc/passwd", 40), file("usr/bin/tool", 7_000, mode=0o755))


@pytest.fixture(scope="module")
def demos() -> Comparison:
    fat, lean = (side_of(inspect_demo(which, ignore_progress)) for which in ("fat", "lean"))
    return compare(fat, lean)


def saved(tmp_path: Path, inspection: Inspection, *, files: bool) -> Side:
    path = tmp_path / "report.json"
    path.write_bytes(encode(to_report(inspection, files=files)))
    assert is_report(path)
    return saved_side(read_report(path), "report.json")


def test_json_validates_against_the_shipped_schema(demos: Comparison):
    shipped = json.loads(schema.COMPARE_SHIPPED.read_text(encoding="utf-8"))
    report = json.loads(encode_comparison(demos))
    jsonschema.Draft202012Validator(shipped).validate(report)
    assert report["schema"] == {"version": 1, "url": "urn:leaninspect:compare:1"}
    del report["delta"]["pull_bytes"]
    with pytest.raises(jsonschema.ValidationError, match="pull_bytes"):
        jsonschema.Draft202012Validator(shipped).validate(report)


def test_shipped_schema_is_the_one_of_the_types():
    assert schema.COMPARE_SHIPPED.read_text(encoding="utf-8") == schema.render(schema.COMPARE_SHIPPED)


def test_json_adds_up(demos: Comparison):
    report = json.loads(encode_comparison(demos))
    delta, files = report["delta"], report["files"]
    assert delta["size_bytes"] == report["b"]["size_bytes"] - report["a"]["size_bytes"]
    assert sum(layer["delta_bytes"] for layer in report["layers"]) == delta["size_bytes"]
    changed = sum((each["b_bytes"] or 0) - (each["a_bytes"] or 0) for each in files["list"])
    assert changed == delta["live_bytes"]
    for status in ("added", "removed", "changed", "moved"):
        assert files[status] == sum(each["status"] == status for each in files["list"])
    assert report["a"]["ledger"]["total_bytes"] == report["a"]["size_bytes"]


def test_text():
    before = [BASE, run("apt-get install -y g++", file("usr/bin/g++", 50_000))]
    after = [
        BASE,
        run("apt-get install -y g++ make", file("usr/bin/g++", 50_000), file("usr/bin/make", 9_000)),
        run("chmod 700 tool", file("usr/bin/tool", 7_000, mode=0o700)),
        run("rm passwd", whiteout("etc/passwd")),
    ]
    assert compare_text(compared(before, after), 100) == (
        "a 57.0 kB → b 73.0 kB   +16.0 kB (+28%)\n"
        "                        a          b     change\n"
        "  size            57.0 kB    73.0 kB   +16.0 kB\n"
        "  live            57.0 kB    66.0 kB    +9.0 kB\n"
        "  hidden              0 B     7.0 kB    +7.0 kB\n"
        "  reclaimable         0 B     7.0 kB    +7.0 kB\n"
        "  66.0 kB (uncompressed) to pull for those who have a · 7.0 kB shared · 123.0 kB to keep both\n"
        "\n"
        "Layers, biggest change first: 1 the same (7.0 kB), 1 changed, 2 added\n"
        "      change    a → b    files               instruction\n"
        "     +9.0 kB    1 → 1    +1                  ~ RUN apt-get install -y g++ make\n"
        "     +7.0 kB    – → 2    ~1                  + RUN chmod 700 tool\n"
        "         0 B    – → 3    −1                  + RUN rm passwd\n"
        "\n"
        "Files, biggest change first: +1 −1 ~1 (1 in metadata only)\n"
        "     +9.0 kB  + usr/bin/make   layer 1 of b\n"
        "       −40 B  − etc/passwd   layer 3 of b\n"
        "         0 B  ~ usr/bin/tool (mode)   layer 2 of b\n"
        "\n"
        "Findings: 2 new, 0 fixed, 0 kept\n"
        "      7.0 kB  new    removed too late   LI1001\n"
        "      7.0 kB  new    copied again with the same content   LI1003\n"
    )


def test_names_from_an_image_can_neither_drive_a_terminal_nor_leave_a_cell():
    name = "a|`b`\x1b[31m<img>@octocat\n# title"
    comparison = compared([BASE], [BASE, run("echo | tr `x`", Member(name, b"x" * 10))])
    text, markdown = compare_text(comparison), compare_markdown(comparison)
    assert "\x1b" not in text + markdown
    assert "``a\\|`b`\\x1b[31m<img>@octocat\\n# title``" in markdown
    rows = [line for line in markdown.splitlines() if "octocat" in line]
    assert len(rows) == 1
    assert rows[0].replace("\\|", "").count("|") == 5


def test_markdown_is_short(demos: Comparison):
    markdown = compare_markdown(demos)
    assert markdown.startswith("### `demo:lean` against `demo:fat`: −1.5 MB (−69%)\n")
    assert len(markdown) < 5_000
    assert markdown.count("<details>") == markdown.count("</details>") == 3


def test_a_saved_report_with_files_tells_what_came_and_went(tmp_path: Path):
    old = inspection_of([BASE, run("make", file("out", 9))])
    new = inspection_of([BASE, run("make again", file("out", 9, "y"), file("more", 5))])
    comparison = compare(saved(tmp_path, old, files=True), side_of(new))
    assert comparison.a.source == "report"
    assert comparison.files is not None
    assert [(change.path, change.status, change.cause) for change in comparison.files.changes] == [
        ("more", Status.ADDED, Cause("b", 1)),
        ("out", Status.CHANGED, Cause("b", 1)),
    ]
    assert comparison.files.uncertain == 0
    assert comparison.settings is None


def test_a_saved_report_with_files_beside_its_own_image_is_the_same(tmp_path: Path):
    fat = inspect_demo("fat", ignore_progress)
    comparison = compare(saved(tmp_path, fat, files=True), side_of(fat))
    assert comparison.files is not None
    assert (comparison.files.changes, comparison.files.uncertain) == ((), 0)
    assert {row.status for row in comparison.rows} == {Status.SAME}
    assert comparison.findings.new == comparison.findings.fixed == ()
    assert comparison.packages == ()


def test_a_saved_report_without_files_knows_the_rest(tmp_path: Path, demos: Comparison):
    side = saved(tmp_path, inspect_demo("fat", ignore_progress), files=False)
    comparison = compare(side, demos.b)
    assert comparison.files is None
    assert [row.status for row in comparison.rows] == [row.status for row in demos.rows]
    assert (comparison.delta.size_bytes, comparison.cost) == (demos.delta.size_bytes, demos.cost)
    assert json.loads(encode_comparison(comparison))["files"] is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{", "no leaninspect report"),
        (b"{}", "no leaninspect report"),
        (b'{"schema":{"version":9,"url":"urn:leaninspect:report:9"}}', "not known: urn:leaninspect:report:9 9"),
        (b'{"schema":{"version":1,"url":"urn:leaninspect:report:1"},"tool":7}', "no leaninspect report"),
    ],
)
def test_what_is_no_report(tmp_path: Path, content: bytes, reason: str):
    path = tmp_path / "x.json"
    path.write_bytes(content)
    with pytest.raises(BadReport, match=reason):
        read_report(path)


def altered(tmp_path: Path, alter: Callable[[dict[str, Any]], object]) -> Side:
    """A side read from a report that somebody changed."""
    raw = json.loads(encode(to_report(inspection_of([BASE, run("rm", whiteout("etc/passwd"))]), files=True)))
    alter(raw)
    path = tmp_path / "x.json"
    path.write_text(json.dumps(raw))
    return saved_side(read_report(path), "x.json")


@pytest.mark.parametrize(
    "alter",
    [
        lambda raw: raw["files"][0].update(layer=7),
        lambda raw: raw["files"][0].update(hidden_by=7),
        lambda raw: raw["instructions"][0].update(layer=7),
        lambda raw: raw["findings"][0].update(layers=[7]),
        lambda raw: raw["findings"][0].update(hidden_in=[7]),
        lambda raw: raw["layers"][1].update(hides=[{"layer": 7, "bytes": 1}]),
    ],
)
def test_a_report_that_names_a_layer_it_does_not_have(tmp_path: Path, alter: Callable[[dict[str, Any]], object]):
    with pytest.raises(BadReport, match=r"^the report names layer 7 and has 2$"):
        altered(tmp_path, alter)


def test_a_report_whose_layers_are_not_in_order(tmp_path: Path):
    with pytest.raises(BadReport, match=r"^the report does not number its layers from 0 up$"):
        altered(tmp_path, lambda raw: raw["layers"].reverse())


def test_a_report_with_a_severity_that_there_is_not(tmp_path: Path):
    with pytest.raises(BadReport, match="no leaninspect report: Invalid enum value '<b>'"):
        altered(tmp_path, lambda raw: raw["findings"][0].update(severity="<b>"))


def test_nothing_that_a_saved_report_says_is_html_in_markdown(tmp_path: Path):
    evil = "<img src=x>|`@octocat`\x1b[31m\n# title"

    def alter(raw: dict[str, Any]) -> None:
        for key in ("id", "reference", "platform"):
            raw["image"][key] = evil
        raw["image"]["base"] = {"name": evil, "digest": evil, "evidence": evil, "layers": 1}
        raw["layers"][0]["diff_id"] = evil
        raw["layers"][1]["diff_id"] = evil + "2"
        raw["instructions"][1]["text"] = evil
        raw["findings"][0].update(rule=evil, title=evil, packages=[evil])
        raw["packages"] = [
            {"purl": evil, "name": evil, "version": evil, "kind": evil, "size_bytes": 9, "layer": 1, "automatic": None,
             "build_tool": False}
        ]  # fmt: skip
        raw["files"][0].update(path=evil, package=evil)

    markdown = compare_markdown(compare(altered(tmp_path, alter), side_of(inspection_of([BASE]))))
    outside_code = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", re.sub(r"\\[\\`]", "", markdown))
    assert "img src=x" in outside_code
    assert re.sub(r"</?(details|summary)>", "", outside_code).replace("\\<", "").count("<") == 0
    assert "@octocat" not in outside_code
    assert "\x1b" not in markdown
    assert [line for line in markdown.splitlines() if line.startswith("# ")] == []


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("size_bytes", 1 << 63, f"names a file of {1 << 63} bytes, which is not plausible"),
        ("size_bytes", 1 << 62, "the report names a file of 7000 bytes, which is not plausible"),
        ("size_bytes", -1, "names a file of -1 bytes, which is not plausible"),
        ("mode", 1 << 16, "names a file with the impossible number 65536"),
        ("uid", 1 << 63, f"names a file with the impossible number {1 << 63}"),
        ("hidden_by", 7, "names layer 7 and has 1"),
        ("hidden_by", -1, "names layer -1 and has 1"),
    ],
)
def test_a_report_with_a_number_that_no_file_has(tmp_path: Path, field: str, value: int, reason: str):
    raw = json.loads(encode(to_report(inspection_of([BASE]), files=True)))
    raw["files"][0][field] = value
    path = tmp_path / "x.json"
    path.write_text(json.dumps(raw))
    with pytest.raises(BadReport, match=reason):
        saved_side(read_report(path), "x.json")


def test_a_file_that_is_no_report_is_not_taken_for_one(tmp_path: Path):
    (tmp_path / "image.tar").write_bytes(b"\0" * 1024)
    assert not is_report(tmp_path / "image.tar")
    assert not is_report(tmp_path)
    assert not is_report(tmp_path / "absent")


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (100, 112, " (+12%)"),
        (100, 31, " (−69%)"),
        (1000, 9, " (−99.1%)"),
        (728_000, 2_200, " (−99.7%)"),
        (1_000_000, 1, " (−99.9%)"),
        (100, 0, " (−100%)"),
        (1000, 998, " (−0.2%)"),
        (100_000, 99_999, ""),
        (100, 999, " (+899%)"),
        (100, 1000, " (× 10)"),
        (1000, 328_380, " (× 328)"),
        (0, 5, ""),
        (5, 5, ""),
    ],
)
def test_a_change_is_told_so_that_it_fits_what_is_left(before: int, after: int, told: str):
    assert percent(after - before, before) == told
