"""`leaninspect rules`."""

from __future__ import annotations

from tests.cli.conftest import Run


def test_all_rules_are_listed(run: Run) -> None:
    outcome = run("rules")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("LI1001  warning  hidden bytes       removed too late\n")


def test_one_rule_is_explained(run: Run) -> None:
    outcome = run("rules", "li3003", COLUMNS="80")
    assert outcome.out == (
        "LI3003  apk cache\n"
        "package managers, warning\n"
        "\n"
        "The package index that apk downloads. `--no-cache` uses it without writing it\n"
        "down.\n"
        "\n"
        "the same elsewhere: hadolint DL3019, trivy DS-0025\n"
    )


def test_an_unknown_rule_is_an_error_with_those_that_are_near(run: Run) -> None:
    outcome = run("rules", "LI901")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == (
        "leaninspect: error: there is no rule LI901\n  hint: did you mean LI9001 or LI8001 or LI7001?\n"
    )
