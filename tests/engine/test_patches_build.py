"""Patches of one rule each, applied to the user's own Dockerfile and built: the image weighs what was promised, and a
container prints the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from inspector.attribution.dockerfile import parse_dockerfile
from inspector.line import inspect_image
from tests.proof.apply import pasted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from inspector.inspection import Inspection

    from .engine import Engine

pytestmark = pytest.mark.engine

BOTH, BUILDKIT = (False, True), (True,)

DATA = {"app/data": bytes(3_000_000), "app/sub/more": bytes(1_000_000)}

INSTALL = "apt-get install -y --no-install-recommends"


@dataclass(frozen=True, slots=True)
class Case:
    """`steps` follow a FROM of `base`; `rule` is the finding to follow, `written` a line that its patch brings.

    `slack` are bytes that a rebuild changes by itself: dates and logs of package managers.
    """

    name: str
    steps: str
    rule: str
    written: str
    prints: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    base: str = "busybox"
    builders: tuple[bool, ...] = BOTH
    slack: int = 0


CASES = (
    Case(
        "an owner after a COPY",
        "COPY app /app/\nRUN chown -R 7:8 /app\nCMD stat -c %u:%g /app /app/data /app/sub\n",
        "LI1003",
        "COPY --chown=7:8 app /app/",
        "7:8\n7:8\n7:8",
        DATA,
    ),
    Case(
        "an owner after several COPYs to a folder that WORKDIR made",
        "WORKDIR /app\nCOPY app/data .\nENV A=b\nCOPY app/sub sub\nRUN chown -R 7 /app\n"
        "CMD stat -c %u:%g /app /app/data /app/sub/more && stat -c %a /app\n",
        "LI1003",
        "RUN chown 7 /app",
        "7:0\n7:0\n7:0\n755",
        DATA,
    ),
    Case(
        "a mode after a COPY",
        "COPY app /app/\nRUN chmod -R 755 /app\nCMD stat -c %a /app /app/data /app/sub\n",
        "LI1003",
        "COPY --chmod=755 app /app/",
        "755\n755\n755",
        DATA,
        builders=BUILDKIT,
    ),
    Case(
        "another user between",
        "RUN mkdir /d && head -c 3000000 /dev/zero > /d/tool\n"
        "USER 7\nCOPY app/sub /sub\nUSER root\n"
        "RUN rm /d/tool && id -u > /d/who\nCMD cat /d/who\n",
        "LI1001",
        "    && rm /d/tool && id -u > /d/who",
        "0",
        DATA,
    ),
    Case(
        "caches and tests where this image has them",
        "RUN mkdir -p /home/app/.cache/pypoetry && head -c 3000000 /dev/zero > /home/app/.cache/pypoetry/x\n"
        "CMD ls -A /home/app/.cache\n",
        "LI4003",
        "    && rm -rf /home/app/.cache/pypoetry",
        "",
    ),
    Case(
        "tests of a virtual environment",
        "ENV P=/opt/v/lib/python3.11/site-packages/x\n"
        "RUN mkdir -p $P/tests && head -c 3000000 /dev/zero > $P/tests/a.py && touch $P/__init__.py\n"
        "CMD ls $P\n",
        "LI7008",
        "    && find /opt/v/lib/python3.11/site-packages -depth -type d -name tests -exec rm -rf '{}' +",
        "__init__.py",
    ),
    Case(
        "pip's cache",
        f"RUN apt-get update && {INSTALL} python3-pip python3-venv\n"
        "COPY packages /packages\n"
        "RUN python3 -m venv /opt/v --system-site-packages\n"
        "RUN cd /packages && python3 setup.py -q sdist -d /srv/index \\\n"
        " && (cd /srv/index && exec python3 -m http.server 8765 --bind 127.0.0.1) & sleep 3 \\\n"
        " && /opt/v/bin/pip install --no-build-isolation --no-index \\\n"
        "    --find-links http://127.0.0.1:8765/ leandemo\n"
        "CMD ls -A /root && /opt/v/bin/python -m leandemo\n",
        "LI4001",
        " && /opt/v/bin/pip install --no-cache-dir --no-build-isolation --no-index \\",
        ".bashrc\n.profile\nlean",
        {
            "packages/setup.py": b'from setuptools import setup\nsetup(name="leandemo", version="1.0", '
            b'py_modules=["leandemo"])\n',
            "packages/leandemo.py": b"print('lean')\n" + b"#" * 200_000,
        },
        base="debian",
        slack=2_000,
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_patch_builds_and_weighs_what_was_promised(
    engine: Engine, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, case: Case
) -> None:
    monkeypatch.setenv("DOCKER_HOST", engine.host)
    dockerfile = f"FROM {request.getfixturevalue(case.base)}\n{case.steps}"
    for buildkit in case.builders:
        before = built(engine, dockerfile, case, buildkit=buildkit)
        findings = [each for each in before.findings if each.rule == case.rule and each.hidden_in in ((), *HIDERS)]
        finding = max(findings, key=lambda each: each.remedy.saves_bytes)
        after = pasted(dockerfile, before, finding)
        assert after is not None
        assert case.written in after.splitlines()

        lean = built(engine, after, case, buildkit=buildkit)
        real = before.filesystem.ledger.total_bytes - lean.filesystem.ledger.total_bytes
        assert abs(real - finding.remedy.saves_bytes) <= case.slack
        assert [each for each in lean.findings if (each.rule, each.title) == (finding.rule, finding.title)] == []
        assert engine.docker("run", "--rm", "--network", "none", TAG).strip() == case.prints


TAG = "leaninspect/patches:1"

HIDERS = tuple((layer,) for layer in range(12))


def built(engine: Engine, dockerfile: str, case: Case, *, buildkit: bool) -> Inspection:
    engine.build(TAG, dockerfile, case.files, buildkit=buildkit)
    return inspect_image(f"docker:{TAG}", dockerfile=parse_dockerfile(dockerfile, "Dockerfile"))


def test_what_another_stage_needs_stays(engine: Engine, debian: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", engine.host)
    dockerfile = (
        f"FROM {debian} AS tools\nRUN apt-get update && {INSTALL} make\n"
        "FROM tools AS build\nRUN make --version > /made\n"
        "FROM tools\nCOPY --from=build /made /made\n"
    )
    case = Case("stages", "", "", "", "")
    inspection = built(engine, dockerfile, case, buildkit=False)
    advised = {each.rule: each for each in inspection.findings if each.rule in ("LI2001", "LI3001")}
    assert advised.keys() == {"LI2001", "LI3001"}
    for finding in advised.values():
        assert pasted(dockerfile, inspection, finding) is None
        assert finding.remedy.advice.startswith("other stages need it")
