"""The table of report formats."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from inspector.compare.pair import compare_pair
from inspector.demo.load import inspect_demo
from inspector.lean.plan.model import Answer, Lean, Plan, Technique
from inspector.reports.formats import COMPARISON_FORMATS, INSPECTION_FORMATS, Format
from inspector.reports.reported import Reported
from inspector.sources.protocol import ignore_progress


@pytest.mark.parametrize("formats", [INSPECTION_FORMATS, COMPARISON_FORMATS], ids=["inspection", "comparison"])
def test_no_two_formats_share_a_name_an_option_or_a_suffix(formats: tuple[Format[object], ...]):
    for values in zip(*((each.name, each.option, each.suffix) for each in formats), strict=True):
        assert len(values) == len(set(values))


def test_an_inspection_is_written_in_each_format():
    image = Reported(inspect_demo("fat", ignore_progress))
    written = {each.name: each.encode(image) for each in INSPECTION_FORMATS}
    assert sorted(written) == ["JSON", "Markdown", "text"]
    assert json.loads(written["JSON"])["image"]["reference"] == "demo:fat"
    assert written["text"].startswith(b"demo:fat")
    assert written["Markdown"].startswith(b"### `demo:fat`: 2.2 MB")
    assert image.plan is image.plan


def test_a_plan_that_was_made_is_the_one_that_every_format_tells():
    answer = Answer(Technique.MULTI_STAGE, applies=True, reason="it is static")
    plan = Plan(2_182_000, (answer,), Lean(1_234_000, 1_234_000, (answer,), "", "", "", reconstructed=False))
    image = Reported(inspect_demo("fat", ignore_progress), plan)
    written = {each.name: each.encode(image) for each in INSPECTION_FORMATS}
    assert json.loads(written["JSON"])["lean"]["predicted_bytes"] == 1_234_000
    assert b"1.2 MB" in written["text"]
    assert b"| as the plan makes it | 1.2 MB |" in written["Markdown"]


def test_a_comparison_is_written_in_each_format():
    comparison = compare_pair(*(inspect_demo(which, ignore_progress) for which in ("fat", "lean"))).comparison
    written = {each.name: each.encode(comparison) for each in COMPARISON_FORMATS}
    assert sorted(written) == ["JSON", "Markdown", "text"]
    assert json.loads(written["JSON"])["b"]["reference"] == "demo:lean"
    assert all(b"demo:fat" in data for data in written.values())


def test_the_table_imports_no_encoder():
    program = (
        "import sys, inspector.reports.formats; print([name for name in sys.modules if 'inspector.reports' in name])"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert told == "['inspector.reports', 'inspector.reports.formats']\n"
