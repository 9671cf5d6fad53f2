"""apt's configuration: what of it decides on automatic removal."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from inspector.packages.databases.apt_conf import AptConfiguration, apt_configuration

DEBIAN = """
APT
{
  NeverAutoRemove
  {
	"^firmware-linux.*";
	"^linux-firmware$"; # a comment
  };
  // another
  VersionedKernelPackages { "linux-.*"; };
  /* and { "a" } third; */
  Never-MarkAuto-Sections { "metapackages"; };
};
"""
OFFICIAL = 'Apt::AutoRemove::SuggestsImportant "false";\n'


def read(**parts: str) -> AptConfiguration:
    return apt_configuration({f"etc/apt/apt.conf.d/{name}": text.encode() for name, text in parts.items()})


def test_without_configuration_recommends_and_suggests_keep_packages() -> None:
    assert apt_configuration({}) == AptConfiguration(True, True, ())


def test_debians_official_images_turn_suggests_off() -> None:
    assert read(**{"docker-autoremove-suggests": OFFICIAL}).suggests_important is False


def test_names_that_are_never_removed() -> None:
    assert read(**{"01autoremove": DEBIAN}).never_auto_remove == ("^firmware-linux.*", "^linux-firmware$")
    assert read(**{"50mine": 'APT::NeverAutoRemove:: "^mine$";'}).never_auto_remove == ("^mine$",)


def test_later_files_win_and_apt_conf_comes_last() -> None:
    off, on = (f'APT::AutoRemove {{ RecommendsImportant "{word}"; }};' for word in ("no", "yes"))
    assert read(**{"10a": off, "20b": on}).recommends_important is True
    assert read(**{"10a": on, "20b": off}).recommends_important is False
    files = {"etc/apt/apt.conf": off.encode(), "etc/apt/apt.conf.d/99": on.encode()}
    assert apt_configuration(files).recommends_important is False


@pytest.mark.parametrize(
    ("name", "is_read"),
    [
        ("99", True),
        ("99-x_y", True),
        ("99x.conf", True),
        ("a.b.conf", True),
        ("99.bak", False),
        (".conf", False),
        ("x~", False),
    ],
)
def test_only_plain_names_are_read(name: str, is_read: bool) -> None:
    assert read(**{name: OFFICIAL}).suggests_important is not is_read


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("false", False),
        ("0", False),
        ("No", False),
        ("off", False),
        ("true", True),
        ("1", True),
        ("rubbish", True),
        ("", True),
    ],
)
def test_words_mean_what_they_mean_to_apt(word: str, meaning: bool) -> None:
    assert read(x=f'APT::AutoRemove::SuggestsImportant "{word}";').suggests_important is meaning


@pytest.mark.skipif(shutil.which("apt-config") is None, reason="apt-config is missing")
def test_this_machines_own_configuration_is_read_as_apt_reads_it() -> None:
    files = {str(path).lstrip("/"): path.read_bytes() for path in Path("/etc/apt").rglob("*") if path.is_file()}
    dump = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=True).stdout.splitlines()
    listed = [line.split('"')[1] for line in dump if line.startswith("APT::NeverAutoRemove:: ")]
    suggests = [line.split('"')[1] for line in dump if line.lower().startswith("apt::autoremove::suggestsimportant ")]
    found = apt_configuration(files)
    assert list(found.never_auto_remove) == listed
    assert found.suggests_important is (suggests[-1:] not in (["false"], ["0"], ["no"]))
