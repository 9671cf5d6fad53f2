"""The slim base is what Debian's official slim image is: one layer, its settings, and no files that they exclude."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .slim import is_excluded

if TYPE_CHECKING:
    from .engine import Engine

SETTINGS = """
Acquire::GzipIndexes "true";
APT::AutoRemove::SuggestsImportant "false";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
"""


@pytest.mark.parametrize(
    ("path", "excluded"),
    [
        ("/usr/share/doc/apt/changelog.gz", True),
        ("/usr/share/doc/apt/copyright", False),
        ("/usr/share/locale/de/LC_MESSAGES/apt.mo", True),
        ("/usr/share/locale/locale.alias", False),
        ("/usr/share/man", False),
        ("/usr/share/man/man1/cat.1.gz", True),
        ("/usr/share/zoneinfo/UTC", False),
    ],
)
def test_patterns_go_beyond_a_slash_and_what_is_included_wins(path: str, excluded: bool) -> None:
    assert is_excluded(path) == excluded


@pytest.mark.engine
def test_the_slim_base_has_one_layer_and_the_official_settings(engine: Engine, slim: str) -> None:
    layers = engine.docker("image", "inspect", "--format", "{{len .RootFS.Layers}} {{.Size}}", slim)
    count, size = map(int, layers.split())
    assert count == 1
    assert 70_000_000 < size < 85_000_000
    dump = engine.docker("run", "--rm", "--network", "none", slim, "apt-config", "dump")
    assert set(SETTINGS.strip().lower().splitlines()) <= set(dump.lower().splitlines())
    assert 'Acquire::Languages:: "none";' in dump
    assert dump.count("rm -f /var/cache/apt/archives/*.deb") == len(("after dpkg", "after update"))
    assert engine.docker("run", "--rm", "--network", "none", slim, "ls", "/usr/share/man").strip() == ""
