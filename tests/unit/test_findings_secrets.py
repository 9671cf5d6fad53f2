"""Findings on secrets and on programs that were not stripped."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from inspector.attribution.instructions import Instruction
from inspector.attribution.owners import layer_owners
from inspector.demo.archive import Member, whiteout
from inspector.filesystem.stack import stack_layers
from inspector.findings.find import find
from inspector.findings.finding import AdviceClass, Finding, Subject
from inspector.findings.registry import SECRET, UNSTRIPPED, Severity
from inspector.findings.unstripped import SMALLEST
from inspector.findings.words import fix_text
from inspector.packages.evidence import gather
from tests.builders import scan_of
from tests.elves import elf

KEY = Member("root/.ssh/id_rsa", b"-----BEGIN OPENSSH " + b"PRIVATE KEY-----\nx\n")


def subject_of(*layers: Sequence[Member], owned: frozenset[str] = frozenset()) -> Subject:
    scans = tuple(scan_of(layer) for layer in layers)
    steps = tuple(Instruction(n, "RUN", f"RUN step {n}", None, n, empty=False) for n in range(len(layers)))
    evidence = gather(stack_layers([scan.entries for scan in scans]), scans)
    return Subject(evidence, steps, layer_owners(len(scans), steps, None), owned)


def of_rule(subject: Subject, rule: str) -> list[Finding]:
    return [finding for finding in find(subject) if finding.rule == rule]


def test_a_visible_secret_is_an_error() -> None:
    subject = subject_of([KEY])
    (finding,) = of_rule(subject, SECRET)
    assert finding.title == "OpenSSH private key in /root/.ssh/id_rsa"
    assert (finding.severity, finding.size_bytes, finding.layers) == (Severity.ERROR, len(KEY.content), (0,))
    assert fix_text(finding, subject).startswith("`RUN step 0` brought it: change the secret")


def test_a_deleted_secret_can_still_be_read() -> None:
    subject = subject_of([KEY], [whiteout("root/.ssh")])
    (finding,) = of_rule(subject, SECRET)
    assert finding.title == "OpenSSH private key in /root/.ssh/id_rsa, hidden by layer 1 but still readable in layer 0"
    assert (finding.severity, finding.layers, finding.hidden_in) == (Severity.ERROR, (0,), (1,))
    assert "`RUN step 1` hides it" in fix_text(finding, subject)


def test_a_secret_whose_mode_was_changed_is_told_once() -> None:
    again = Member(KEY.path, KEY.content, mode=0o600)
    (finding,) = of_rule(subject_of([KEY], [again]), SECRET)
    assert finding.layers == (1,)


@pytest.mark.parametrize("folder", ["usr/lib/python3/test", "app/tests/data", "srv/examples/tls", "x/testdata"])
def test_made_up_secrets_are_told_for_information(folder: str) -> None:
    subject = subject_of([Member(f"{folder}/a.pem", KEY.content), Member(f"{folder}/b.pem", KEY.content)])
    (finding,) = of_rule(subject, SECRET)
    assert (finding.severity, finding.size_bytes) == (Severity.INFO, 2 * len(KEY.content))
    assert finding.advice_class is AdviceClass.QUESTION
    assert fix_text(finding, subject) == (
        "likely made up; if not, change the secret, then hand it over with RUN --mount=type=secret or keep it out by "
        f".dockerignore; the first is /{folder}/a.pem"
    )


def test_secrets_that_a_package_owns_are_told_for_information() -> None:
    (finding,) = of_rule(subject_of([KEY], owned=frozenset({KEY.path})), SECRET)
    assert finding.severity is Severity.INFO


def test_errors_come_first_however_small() -> None:
    big = Member("var/lib/apt/lists/x_Packages", bytes(1_000_000))
    assert find(subject_of([big, KEY]))[0].rule == SECRET


DEBUG = SMALLEST + 5


def test_debug_information_of_programs_is_counted_to_the_byte() -> None:
    members = [
        Member("usr/local/bin/app", elf(interpreter="/ld", debug=DEBUG)),
        Member("opt/lib.so", elf(debug=2 * DEBUG)),
    ]
    subject = subject_of(members)
    (finding,) = of_rule(subject, UNSTRIPPED)
    assert (finding.size_bytes, finding.severity) == (3 * DEBUG, Severity.WARNING)
    fix = fix_text(finding, subject)
    assert fix.startswith("in `RUN step 0`: strip them")
    assert "of /opt/lib.so" in fix


@pytest.mark.parametrize("debug", [0, SMALLEST - 1])
def test_small_symbol_tables_are_no_mistake(debug: int) -> None:
    assert of_rule(subject_of([Member("app", elf(debug=debug))]), UNSTRIPPED) == []


def test_files_of_packages_and_hidden_files_are_not_told() -> None:
    app = Member("app", elf(debug=DEBUG))
    assert of_rule(subject_of([app], owned=frozenset({"app"})), UNSTRIPPED) == []
    assert of_rule(subject_of([app], [whiteout("app")]), UNSTRIPPED) == []
