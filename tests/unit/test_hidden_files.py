"""The paths with the most hidden bytes, all that is stored of each summed up."""

from __future__ import annotations

import json

from inspector.demo.archive import Member, Step, hardlink, tar_layer, whiteout
from inspector.filesystem.hidden_files import StoredPath, worst_paths
from inspector.line import inspect_source
from inspector.reports.json_report import encode, to_report
from inspector.reports.text import text_report
from tests.builders import BuiltImage, file, stack_of

FILESYSTEM = stack_of(
    [file("var/db", 300), file("etc/once", 400), file("usr/kept", 900), file("a", 50), hardlink("b", "a")],
    [file("var/db", 310), file("usr/kept", 900)],
    [file("var/db", 320), whiteout("etc/once"), whiteout("a")],
)


def test_several_versions_of_one_path_are_one():
    worst = worst_paths(FILESYSTEM, 10)
    assert [(each.path, each.versions, each.hidden_bytes, each.live_bytes) for each in worst] == [
        ("usr/kept", 2, 900, 900),
        ("var/db", 3, 610, 320),
        ("etc/once", 1, 400, 0),
    ]


def test_the_versions_are_entries_of_their_layers():
    db = worst_paths(FILESYSTEM, 2)[1]
    assert [FILESYSTEM.locate(entry_id)[0] for entry_id in db.hidden] == [0, 1]
    assert [FILESYSTEM.locate(entry_id)[0] for entry_id in db.live] == [2]


def test_their_hidden_bytes_are_those_of_the_ledger():
    assert sum(path.hidden_bytes for path in worst_paths(FILESYSTEM, 10)) == FILESYSTEM.ledger.hidden_bytes == 1910


def test_only_as_many_as_are_asked_for_and_none_where_nothing_is_hidden():
    assert [path.path for path in worst_paths(FILESYSTEM, 1)] == ["usr/kept"]
    assert worst_paths(stack_of([file("a", 1)]), 5) == []
    assert StoredPath("a", {}, {}).versions == 0


def test_reports_tell_them():
    versions = [[Member("var/db", b"1" * size), Member(f"log{size}", b"")] for size in (300, 310, 320)]
    steps = [Step(f"RUN {number}", tar_layer(members)) for number, members in enumerate(versions)]
    inspection = inspect_source(BuiltImage([*steps, Step("RUN rm", tar_layer([whiteout("log300")]))]), "test")
    told = text_report(inspection).splitlines()
    assert told[told.index("Biggest hidden files") + 1 :] == ["       610 B  var/db  2 of 3 versions, layers 0 to 1"]
    assert json.loads(encode(to_report(inspection)))["worst_files"] == [
        {"path": "var/db", "versions": 3, "hidden_bytes": 610, "live_bytes": 320, "layers": [0, 1, 2]}
    ]
