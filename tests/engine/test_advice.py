"""Advice followed: what the UI copies is put in place of the lines that it replaces, and built by the real engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from inspector.attribution.dockerfile import parse_dockerfile
from inspector.findings.patch import new_text, patch
from inspector.line import inspect_image

if TYPE_CHECKING:
    from collections.abc import Mapping

    from inspector.findings.finding import Finding
    from inspector.inspection import Inspection

    from .engine import Engine

pytestmark = pytest.mark.engine


@dataclass(frozen=True, slots=True)
class Advised:
    """An image with one mistake: the rule that tells of it, and the tolerance for bytes that a rebuild changes."""

    name: str
    base: str
    steps: str
    rule: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    relative_error: float = 0.0


ADVISED = (
    Advised(
        "logs that a RUN leaves",
        "busybox",
        "RUN mkdir -p /var/log /d && echo 'two  spaces' > /d/kept \\\n"
        "  # a comment of the Dockerfile\n"
        "  && head -c 50000 /dev/zero > /var/log/build.log\n"
        "CMD cat /d/kept\n",
        "LI7004",
    ),
    Advised(
        "a tool that is removed too late, with a COPY and a RUN between",
        "busybox",
        "RUN mkdir /d && head -c 200000 /dev/zero > /d/tool && echo 'two  spaces' > /d/kept\n"
        "COPY --chown=7 app /app\n"
        "RUN cp /app /d/app \\\n"
        "  && chmod 700 /d/app\n"
        "RUN rm /d/tool\n"
        "CMD cat /d/kept\n",
        "LI1001",
        {"app": b"app\n"},
    ),
    Advised(
        "a compiler that an apt-get install leaves",
        "debian",
        "RUN apt-get update && apt-get install -y --no-install-recommends make && mkdir /d \\\n"
        "  && echo 'two  spaces' > /d/kept\n"
        "CMD cat /d/kept\n",
        "LI2001",
        relative_error=0.01,
    ),
)


@pytest.mark.parametrize("buildkit", [False, True], ids=["the classic builder", "BuildKit"])
@pytest.mark.parametrize("advised", ADVISED, ids=lambda each: each.name)
def test_what_is_copied_builds_and_frees_what_was_promised(
    engine: Engine, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, advised: Advised, buildkit: bool
) -> None:
    monkeypatch.setenv("DOCKER_HOST", engine.host)
    dockerfile = f"FROM {request.getfixturevalue(advised.base)}\n{advised.steps}"
    before = built(engine, "leaninspect/advice:before", dockerfile, advised, buildkit)
    finding = only(before, advised.rule)

    after = built(engine, "leaninspect/advice:after", followed(dockerfile, before, finding), advised, buildkit)

    assert [each for each in after.findings if each.rule == advised.rule] == []
    freed = before.filesystem.ledger.total_bytes - after.filesystem.ledger.total_bytes
    assert freed >= finding.remedy.saves_bytes * (1 - advised.relative_error)
    assert engine.docker("run", "--rm", "--network", "none", "leaninspect/advice:after") == "two  spaces\n"


def built(engine: Engine, tag: str, dockerfile: str, advised: Advised, buildkit: bool) -> Inspection:
    engine.build(tag, dockerfile, advised.files, buildkit=buildkit)
    return inspect_image(f"docker:{tag}", dockerfile=parse_dockerfile(dockerfile, "Dockerfile"))


def only(inspection: Inspection, rule: str) -> Finding:
    (finding,) = (finding for finding in inspection.findings if finding.rule == rule)
    return finding


def followed(dockerfile: str, inspection: Inspection, finding: Finding) -> str:
    """The Dockerfile with what is copied in place of the lines from the first instruction to the last."""
    first, last = (inspection.instructions[finding.remedy.instructions[end]].lines for end in (0, -1))
    assert first is not None and last is not None
    lines = dockerfile.splitlines()
    text = new_text(patch(finding.remedy, inspection.instructions))
    assert text
    return "\n".join([*lines[: first.first - 1], text, *lines[last.last :]]) + "\n"
