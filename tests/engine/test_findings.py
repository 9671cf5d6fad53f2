"""Findings on an image that apt, pip and gem really made: their bytes are those that `find` counts in a container."""

from __future__ import annotations

import pytest

from inspector.findings.finding import Finding
from inspector.findings.words import fix_text
from inspector.inspection import Inspection
from inspector.line import inspect_image

from .engine import Engine

TAG = "leaninspect/findings:1"

KEY = b"-----BEGIN OPENSSH PRIVATE KEY-----\nbm90IGEgcmVhbCBrZXk=\n-----END OPENSSH PRIVATE KEY-----\n"

SETUP = b"""from setuptools import setup
setup(name="leandemo", version="1.0", py_modules=["leandemo"])
"""

GEMSPEC = b"""Gem::Specification.new do |s|
  s.name = "leandemo"
  s.version = "1.0"
  s.summary = "a gem"
  s.authors = ["leaninspect"]
  s.files = ["leandemo.py"]
end
"""

DOCKERFILE = """
FROM {debian}
RUN apt-get update && apt-get install -y --no-install-recommends make python3-pip ruby
COPY packages /packages
RUN cd /packages && python3 setup.py -q sdist -d /srv/index \
 && (cd /srv/index && exec python3 -m http.server 8765 --bind 127.0.0.1) & sleep 3 \
 && pip install --break-system-packages --no-build-isolation --no-index \
    --find-links http://127.0.0.1:8765/ leandemo
RUN cd /packages && gem build -q leandemo.gemspec && gem install --local leandemo-1.0.gem
COPY id_ed25519 /root/.ssh/id_ed25519
COPY app /app/
RUN mkdir -p /app/.git/objects && head -c 5000 /dev/urandom > /app/.git/objects/pack
RUN useradd --uid 60000000 far && truncate -s 1752000000 /var/log/lastlog
RUN chmod 755 /app/data.bin
RUN rm /root/.ssh/id_ed25519
RUN apt-get purge -y --auto-remove make
"""


@pytest.fixture(scope="module")
def inspection(engine: Engine, debian: str) -> Inspection:
    files = {
        "packages/setup.py": SETUP,
        "packages/leandemo.py": b"print('lean')\n",
        "packages/leandemo.gemspec": GEMSPEC,
        "id_ed25519": KEY,
        "app/data.bin": bytes(range(256)) * 40,
    }
    engine.build(TAG, DOCKERFILE.format(debian=debian), files, buildkit=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCKER_HOST", engine.host)
        return inspect_image(f"docker:{TAG}")


def only(inspection: Inspection, rule: str) -> Finding:
    (finding,) = (finding for finding in inspection.findings if finding.rule == rule)
    return finding


@pytest.mark.parametrize(
    ("rule", "where"),
    [
        ("LI3001", "/var/lib/apt/lists -type f ! -path /var/lib/apt/lists/lock"),
        ("LI3002", "/var/cache/apt /var/cache/debconf/*-old -type f ! -path /var/cache/apt/archives/lock"),
        ("LI4001", "/root/.cache/pip -type f"),
        ("LI4011", "/var/lib/gems -path */cache/*.gem"),
        ("LI5001", "/usr/share/man /usr/local/share/man /usr/local/man -type f"),
        ("LI7001", "/app/.git -type f"),
        ("LI7006", "/var/log/lastlog"),
        ("LI7007", "/var/backups /var/lib/dpkg/*-old /etc/*- -type f"),
    ],
)
def test_bytes_are_those_of_the_files_in_a_container(
    engine: Engine, inspection: Inspection, rule: str, where: str
) -> None:
    shell = f"find {where} -printf '%s %n %i\\n' 2>/dev/null | sort -u -k3 | awk '{{s += $1}} END {{printf \"%d\", s}}'"
    counted = int(engine.docker("run", "--rm", "--network", "none", TAG, "sh", "-c", shell))
    assert counted > 0
    assert only(inspection, rule).size_bytes == counted


def test_deleted_key_is_told_as_an_error_for_it_can_still_be_read(inspection: Inspection) -> None:
    finding = only(inspection, "LI9001")
    assert finding.severity.value == "error"
    assert finding.size_bytes == len(KEY)
    assert [inspection.instructions[i].text.partition(" ")[0] for i in _instructions(inspection, finding)] == ["COPY"]
    assert inspection.findings[0] is finding


def test_new_mode_on_a_copied_file_names_both_instructions(inspection: Inspection) -> None:
    finding = next(f for f in inspection.findings if f.rule == "LI1003" and f.size_bytes == 10_240)
    fix = fix_text(finding, inspection)
    assert "`RUN chmod 755 /app/data.bin`" in fix
    assert fix.endswith("write COPY --chown=… or COPY --chmod=…")


def test_tools_purged_too_late_are_called_by_name(inspection: Inspection) -> None:
    (finding,) = (f for f in inspection.findings if f.title.startswith("removed too late: make"))
    assert finding.rule == "LI1001"
    assert "`RUN apt-get purge -y --auto-remove make` hides" in fix_text(finding, inspection)


def _instructions(inspection: Inspection, finding: Finding) -> list[int]:
    steps = (inspection.instruction_of(layer) for layer in finding.layers)
    return [step.index for step in steps if step]
