"""`leaninspect rules [ID]`."""

from __future__ import annotations

import click

from inspector.cli import completers, options
from inspector.cli.console import FINE, text_width, write_out
from inspector.cli.help import Command

EXAMPLES = (
    ("leaninspect rules", "all of them"),
    ("leaninspect rules LI1001", "what it means, why it matters, what to do"),
)


@click.command(cls=Command, short_help="the rules that findings are made by", examples=EXAMPLES)
@click.argument("rule_id", metavar="[ID]", required=False, shell_complete=completers.rule)
@options.debug
def rules(rule_id: str | None) -> options.Job:
    """All rules that findings are made by, or what the rule ID means, why it matters and what to do."""

    def job() -> int:
        from inspector.findings.registry import find_rule
        from inspector.reports.rules import rule_text, rules_text

        write_out(rules_text() if rule_id is None else rule_text(find_rule(rule_id), text_width()))
        return FINE

    return job
