"""Findings on an image that apt, pip and gem really made: their bytes are those that `find` counts in a container."""

from __future__ import annotations

import pytest

from inspector.findings.finding import AdviceClass, Finding
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
    """The finding of a rule, but for what it finds of the base image."""
    (finding,) = (
        each for each in inspection.findings if each.rule == rule and each.advice_class is not AdviceClass.BASE
    )
    return finding


LISTS = "/var/lib/apt/lists -type f ! -path /var/lib/apt/lists/lock"
BACKUPS = "/var/backups /var/lib/dpkg/*-old /var/cache/debconf/*-old /etc/*- -type f"
CACHES = "/var/cache/apt -type f ! -path /var/cache/apt/archives/lock"


def found(engine: Engine, image: str, where: str) -> dict[str, int]:
    """Time of change and path → bytes, of the files that `find` finds in a container, hard links once."""
    shell = f"find {where} -printf '%i %s %T@%p\\n' 2>/dev/null | sort -u -k1,1"
    lines = engine.docker("run", "--rm", "--network", "none", image, "sh", "-c", shell).splitlines()
    return {path: int(size) for _, size, path in (line.split(" ", 2) for line in lines)}


@pytest.mark.parametrize(
    ("rule", "where"),
    [
        ("LI4001", "/root/.cache/pip -type f"),
        ("LI4011", "/var/lib/gems -path */cache/*.gem"),
        ("LI5001", "/usr/share/man /usr/local/share/man /usr/local/man -type f"),
        ("LI7001", "/app/.git -type f"),
        ("LI7006", "/var/log/lastlog"),
    ],
)
def test_bytes_are_those_of_the_files_in_a_container(
    engine: Engine, inspection: Inspection, rule: str, where: str
) -> None:
    counted = sum(found(engine, TAG, where).values())
    assert sum(each.size_bytes for each in inspection.findings if each.rule == rule) == counted > 0


def test_what_came_with_the_base_image_is_not_counted_where_a_command_frees_the_rest(
    engine: Engine, inspection: Inspection, debian: str
) -> None:
    installed = engine.docker("history", "--quiet", TAG).split()[-4]
    inherited, shown = found(engine, debian, BACKUPS), found(engine, TAG, BACKUPS)
    rewritten = found(engine, installed, BACKUPS).items() - shown.items() - inherited.items()
    own = dict(shown.items() - inherited.items())  # a renamed file keeps its time, which may be that of the one before
    assert only(inspection, "LI7007").size_bytes == sum(own.values()) + sum(size for _, size in rewritten)


def test_a_command_that_ends_two_runs_frees_the_caches_of_both(
    engine: Engine, inspection: Inspection, debian: str
) -> None:
    installed = engine.docker("history", "--quiet", TAG).split()[-4]
    rewritten = found(engine, installed, "/var/cache/apt/pkgcache.bin")
    inherited = found(engine, debian, CACHES)
    finding, shown = only(inspection, "LI3002"), found(engine, TAG, CACHES)
    assert len(finding.remedy.instructions) == 2
    assert "make python3-pip ruby` and `RUN apt-get purge -y --auto-remove make` with: " in fix_text(
        finding, inspection
    )
    own = {path: size for path, size in shown.items() if path not in inherited}
    assert finding.size_bytes == sum(own.values()) + sum(rewritten.values())


def test_package_lists_go_with_the_tools_that_were_got_by_them(engine: Engine, inspection: Inspection) -> None:
    frees, paths = only(inspection, "LI2001").frees, inspection.filesystem.entry
    lists = sum(size for entry_id, size in frees.items() if paths(entry_id).path.startswith("var/lib/apt/lists/"))
    assert lists == sum(found(engine, TAG, LISTS).values()) > 0
    assert not [finding for finding in inspection.findings if finding.rule == "LI3001"]


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


def test_tools_purged_too_late_go_with_the_larger_caches_that_the_same_two_runs_wrote(inspection: Inspection) -> None:
    (finding,) = (f for f in inspection.findings if (f.layers, f.hidden_in) == ((3,), (13,)))
    assert finding.title == "overwritten by a later layer: apt archives and caches"
    assert "usr/bin/make" in {inspection.filesystem.entry(entry_id).path for entry_id in finding.frees}
    assert "`RUN apt-get purge -y --auto-remove make` replaces" in fix_text(finding, inspection)


def _instructions(inspection: Inspection, finding: Finding) -> list[int]:
    steps = (inspection.instruction_of(layer) for layer in finding.layers)
    return [step.index for step in steps if step]
