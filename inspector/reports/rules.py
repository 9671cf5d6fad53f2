"""The registry of rules for people: a table for the terminal, one for README (printed by this module), and the help."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator

from inspector.findings.registry import Rule, rules


def rules_text() -> str:
    """All rules, one a line: id, severity, family, name, and the rules of other tools that say the same."""
    return "".join(f"{_line(rule)}\n" for rule in rules().values())


def _line(rule: Rule) -> str:
    elsewhere = f" ({', '.join(rule.see)})" if rule.see else ""
    return f"{rule.id}  {rule.severity:<7}  {rule.family:<17}  {rule.name}{elsewhere}"


def _weight(rule: Rule) -> str:
    """The severity, and whether the advice is a choice."""
    return f"{rule.severity}, a trade" if rule.trade else str(rule.severity)


def rule_text(rule: Rule, width: int = 120) -> str:
    """All about one rule."""
    facts = [f"{rule.id}  {rule.name}", f"{rule.family}, {_weight(rule)}", "", *textwrap.wrap(rule.help, width)]
    if rule.see:
        facts += ["", f"the same elsewhere: {', '.join(rule.see)}"]
    return "\n".join(facts) + "\n"


def rules_markdown() -> str:
    """README's table."""
    return "\n".join(_rows()) + "\n"


def _rows() -> Iterator[str]:
    yield "| rule | severity | what | the same elsewhere |"
    yield "|---|---|---|---|"
    for rule in rules().values():
        yield f"| {rule.id} | {_weight(rule)} | {rule.name} | {', '.join(rule.see)} |"


if __name__ == "__main__":
    sys.stdout.write(rules_markdown())
