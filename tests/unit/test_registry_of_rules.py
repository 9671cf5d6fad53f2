"""The registry of rules, and what is made from it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from inspector.errors import UnknownRule
from inspector.findings.registry import (
    BROUGHT,
    DEVELOPMENT_ONLY,
    DUPLICATE,
    FAMILIES,
    IN_BASE,
    OVERWRITTEN,
    RECOPIED,
    REMOVED,
    SECRET,
    UNAVOIDABLE,
    UNPACKAGED,
    UNSTRIPPED,
    Rule,
    Severity,
    find_rule,
    rules,
)
from inspector.findings.remedy import RemedyKind
from inspector.reports import contract
from inspector.reports.rules import rule_text, rules_markdown, rules_text

README = Path(__file__).parents[2] / "README.md"
FOUND_BY_MODULES = {REMOVED, OVERWRITTEN, RECOPIED, UNAVOIDABLE, BROUGHT, IN_BASE, UNPACKAGED, DEVELOPMENT_ONLY} | {
    UNSTRIPPED,
    DUPLICATE,
    SECRET,
}


def test_every_rule_is_found_by_its_paths_or_by_a_module() -> None:
    assert {rule.id for rule in rules().values() if not rule.paths} == FOUND_BY_MODULES


@pytest.mark.parametrize("rule", rules().values(), ids=lambda rule: rule.id)
def test_every_rule_says_what_it_is_why_and_what_to_do(rule: Rule) -> None:
    assert re.fullmatch(r"LI[1-9]\d{3}", rule.id) and rule.id[:3] in FAMILIES
    assert rule.name and not rule.name.endswith(".")
    assert 1 <= len(re.findall(r"\.(?: |$)", rule.help)) <= 3
    assert rule.remedy is RemedyKind.END_RUN_WITH or bool(rule.command) == bool(rule.users)


def test_the_table_is_sorted_by_id() -> None:
    assert list(rules()) == sorted(rules())


def test_a_rule_knows_its_kin() -> None:
    rule = find_rule("li3001")
    assert (rule.name, rule.family, rule.severity) == ("apt package lists", "package managers", Severity.WARNING)
    assert rule.see == ("hadolint DL3009", "dockle DKL-DI-0005")


@pytest.mark.parametrize(
    ("id_", "hint"),
    [("LI901", "did you mean LI9001 or LI8001 or LI7001?"), ("speed", "`leaninspect rules` prints all")],
)
def test_an_unknown_rule_is_told_with_those_that_are_near(id_: str, hint: str) -> None:
    with pytest.raises(UnknownRule, match="there is no rule") as error:
        find_rule(id_)
    assert error.value.hint == hint


def test_the_readme_has_the_table() -> None:
    assert rules_markdown() in README.read_text(encoding="utf-8")


def test_the_command_prints_all_or_one() -> None:
    assert rules_text().count("\n") == len(rules())
    assert "LI3001  warning  package managers   apt package lists (hadolint DL3009, dockle DKL-DI-0005)" in rules_text()
    assert rule_text(find_rule("LI9001")).startswith("LI9001  secret\nsecrets, error\n\nA private key")


def test_the_contract_names_every_kind_of_remedy() -> None:
    assert set(get_args(contract.RemedyKind)) == {kind.value for kind in RemedyKind}
