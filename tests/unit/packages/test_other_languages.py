"""Gems, Composer's packages, conda's packages."""

from __future__ import annotations

import json

import pytest

from inspector.packages.languages import composer, conda, gems
from inspector.packages.memo import Memo
from inspector.packages.model import Relation

from .inventories import NOWHERE

RAKE = b"""\
# -*- encoding: utf-8 -*-
# stub: nokogiri 1.16.0 x86_64-linux lib
# stub: ext/nokogiri/extconf.rb

Gem::Specification.new do |s|
  s.name = "nokogiri".freeze
  s.version = "1.16.0"
  s.add_runtime_dependency(%q<racc>.freeze, ["~> 1.4"])
  s.add_development_dependency(%q<minitest>.freeze, ["5.20.0"])
end
"""


def test_a_gem_is_its_specification_and_its_folder() -> None:
    home = "usr/local/bundle"
    path = f"{home}/specifications/nokogiri-1.16.0-x86_64-linux.gemspec"
    (found,) = gems.read({path: RAKE}, NOWHERE, Memo())
    package = found.package
    assert (package.name, package.version, package.architecture) == ("nokogiri", "1.16.0", "x86_64-linux")
    assert package.purl == "pkg:gem/nokogiri@1.16.0?platform=x86_64-linux"
    assert package.needs == ((Relation("racc"),),)
    assert package.location == home
    assert list(found.listed()) == [path]
    assert found.folders[0] == f"{home}/gems/nokogiri-1.16.0-x86_64-linux"


def test_a_specification_without_a_stub_is_none() -> None:
    assert list(gems.read({"specifications/a-1.gemspec": b"Gem::Specification.new"}, NOWHERE, Memo())) == []


INSTALLED = {
    "packages": [
        {
            "name": "symfony/console",
            "version": "v6.4.0",
            "require": {"php": ">=8.1", "symfony/string": "^6"},
            "provide": {"psr/log-implementation": "1.0"},
            "install-path": "../symfony/console",
        },
        {"name": "phpunit/phpunit", "version": "10.0.0", "install-path": "../phpunit/phpunit"},
        {"name": 3},
    ],
    "dev": True,
    "dev-package-names": ["phpunit/phpunit"],
}


def test_composers_list() -> None:
    files = {
        "app/vendor/composer/installed.json": json.dumps(INSTALLED).encode(),
        "app/composer.json": b'{"require": {"symfony/console": "^6"}}',
    }
    console, phpunit = composer.read(files, NOWHERE, Memo())
    assert console.package.purl == "pkg:composer/symfony/console@v6.4.0"
    assert console.package.needs == ((Relation("symfony/string"),),)
    assert console.package.provides == (Relation("psr/log-implementation"),)
    assert console.folders == ("app/vendor/symfony/console",)
    assert [(each.package.automatic, each.package.dev) for each in (console, phpunit)] == [(False, False), (True, True)]


def test_composer_1_has_a_bare_list() -> None:
    files = {"app/vendor/composer/installed.json": json.dumps(INSTALLED["packages"]).encode()}
    assert [each.package.automatic for each in composer.read(files, NOWHERE, Memo())] == [None, None]


def test_a_list_that_is_none() -> None:
    with pytest.raises(ValueError, match="truncated"):
        list(composer.read({"vendor/composer/installed.json": b"{"}, NOWHERE, Memo()))


def record(name: str, **fields: object) -> bytes:
    about = {"name": name, "version": "1.0", "build": "py312_0", "subdir": "linux-64", "files": [f"lib/{name}.so"]}
    return json.dumps(about | fields).encode()


def test_conda_packages_with_what_was_asked_for() -> None:
    files = {
        "opt/conda/conda-meta/numpy-1.0-py312_0.json": record(
            "numpy", requested_spec="numpy", depends=["libblas >=3,<4"]
        ),
        "opt/conda/conda-meta/libblas-1.0-py312_0.json": record("libblas", requested_spec="None"),
        "opt/other/conda-meta/zlib-1.0-py312_0.json": record("zlib"),
    }
    numpy, libblas, zlib = conda.read(files, NOWHERE, Memo())
    assert numpy.package.purl == "pkg:conda/numpy@1.0?build=py312_0&subdir=linux-64"
    assert numpy.package.needs == ((Relation("libblas"),),)
    assert list(numpy.listed()) == ["opt/conda/lib/numpy.so", "opt/conda/conda-meta/numpy-1.0-py312_0.json"]
    assert [each.package.automatic for each in (numpy, libblas, zlib)] == [False, True, None]


def test_a_conda_record_without_a_name() -> None:
    with pytest.raises(ValueError, match="name"):
        list(conda.read({"opt/conda/conda-meta/a.json": b'{"version": "1"}'}, NOWHERE, Memo()))
