"""dive's numbers by dive's formulas: in a table beside the truth, and against the real dive."""

from __future__ import annotations

import gzip
import json
import lzma
import time
from array import array
from dataclasses import dataclass
from pathlib import Path

import pytest
from builders import SavedImage, file, saved, scan_of, stack_of
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from real_dive import as_dive_says, ask_dive, needs_dive

from inspector.demo.archive import Member, directory, hardlink, opaque, symlink, tar_layer, whiteout
from inspector.filesystem.dive import DiveNumbers, dive_numbers
from inspector.layers.entries import Entries, Kind
from inspector.line import inspect_image
from inspector.reports.json_report import encode, to_report

OTHER = file("z", 100, "z")
"""Lies in the lowest layer of each case and is never touched."""


@dataclass(frozen=True)
class Case:
    """Layers, the bytes they really hide, and what dive makes of them."""

    name: str
    layers: list[list[Member]]
    hidden: int
    score: float
    inefficient: int
    user_wasted: float | None


FOUND_WRONG = [
    Case("chmod of a file", [[file("a", 1000), OTHER], [file("a", 1000, mode=0o600)]], 1000, 1100 / 2100, 2000, 2.0),
    Case(
        "a file rewritten twice",
        [[file("a", 1000), OTHER], [file("a", 5000)], [file("a", 9000)]],
        6000,
        1100 / 15100,
        15000,
        15000 / 14000,
    ),
    Case("a file removed", [[file("a", 1000), OTHER], [whiteout("a")]], 1000, 100 / 1100, 1000, None),
    Case(
        "a folder removed",
        [[directory("d"), file("d/a", 1000), file("d/b", 2000), OTHER], [whiteout("d")]],
        3000,
        1.0,
        0,
        None,
    ),
    Case(
        "a folder moved",
        [[directory("d"), file("d/a", 5000), OTHER], [whiteout("d"), directory("e"), file("e/a", 5000)]],
        5000,
        1.0,
        0,
        0.0,
    ),
    Case(
        "an opaque folder",
        [[directory("d"), file("d/a", 4000), OTHER], [directory("d"), opaque("d"), file("d/b", 10)]],
        4000,
        1.0,
        0,
        0.0,
    ),
    Case(
        "a file removed, then added again",
        [[file("a", 1000), OTHER], [whiteout("a")], [file("a", 1000)]],
        1000,
        100 / 2100,
        2000,
        2.0,
    ),
    Case(
        "a whiteout of nothing, then a duplicate",
        [[file("a", 1000)], [whiteout("0"), file("a", 1000)]],
        1000,
        999 / 1000,  # the smallest size of the absent path is -1 to dive
        0,
        0.0,
    ),
]
"""The table of dive's mistakes."""

BY_THE_WAY = [
    Case("no layer has bytes", [[directory("d")], [directory("d")]], 0, 1.0, 0, None),
    Case("one layer", [[file("a", 1000)]], 0, 1.0, 0, None),
    Case("a file repeated within a layer", [[file("a", 1000), file("a", 10)], [OTHER]], 1000, 1.0, 0, 0.0),
    Case(
        "a duplicate before the whiteout of nothing",
        [[file("a", 1000)], [file("+", 10), file("a", 1000), whiteout("b")], [file("+", 10)]],
        1010,
        1009 / 1020,  # `+` sorts before `.wh.b` and `a` after it
        20,
        20 / 1020,
    ),
    Case(
        "a whiteout of nothing that comes into being later",
        [[OTHER], [whiteout("a")], [file("a", 10)]],
        0,
        1.0,
        0,
        0.0,
    ),
    Case(
        "a folder that was empty at first, removed",
        [[directory("d")], [directory("d"), file("d/a", 1000)], [whiteout("d")]],
        1000,
        0.5,
        1000,
        1.0,
    ),
    Case(
        "a folder without an entry, removed",
        [[file("d/a", 1000), OTHER], [whiteout("d")], [file("d", 10)]],
        1000,
        1100 / 1110,
        10,
        1.0,
    ),
    Case(
        "a folder that a higher layer only implies, removed",
        [[directory("d"), file("d/a", 1000)], [file("d/b", 10)], [whiteout("d")], [file("d", 10)]],
        1010,
        1010 / 1020,
        10,
        0.5,
    ),
    Case(
        "a folder in a folder removed, both by whiteouts",
        [[directory("d"), directory("d/e"), file("d/e/a", 1000)], [whiteout("d"), whiteout("d/e")], [file("d", 10)]],
        1000,
        2010 / 3010,
        1010,
        101.0,
    ),
    Case(
        "a file put in a folder's place keeps the folder's content",
        [[directory("d"), file("d/a", 1000)], [file("d", 10)], [directory("d")], [whiteout("d")]],
        1010,
        1000 / 2010,
        1010,
        101.0,
    ),
    Case(
        "a whiteout that sorts before its path leaves what its own layer adds",
        [
            [directory("a"), file("a/x", 1000), OTHER],
            [whiteout("a"), directory("a"), file("a/y", 500)],
            [whiteout("a"), OTHER],
        ],
        1600,
        2100 / 3200,
        1700,
        1700 / 600,
    ),
    Case(
        "a whiteout that sorts after its path removes what its own layer adds",
        [
            [directory(".a"), file(".a/x", 1000), OTHER],
            [whiteout(".a"), directory(".a"), file(".a/y", 500)],
            [whiteout(".a"), OTHER],  # of nothing, to dive
        ],
        1600,
        1.0,
        0,
        0.0,
    ),
    Case("a whiteout in the lowest layer", [[whiteout("a"), file("a", 10)], [file("b", 10)]], 0, 0.5, 10, 1.0),
    Case(
        "links have no size",
        [
            [file("a", 1000), hardlink("h", "a"), symlink("s", "a"), OTHER],
            [hardlink("h", "a"), symlink("s", "z"), file("b", 10)],
        ],
        0,
        1.0,
        0,
        0.0,
    ),
    Case(
        "AUFS's bookkeeping is left out, but for the folder it lies in",
        [[file("a", 10), OTHER], [file("d/.wh..wh..plnk", 0), file("a", 10)]],
        10,
        110 / 120,
        20,
        2.0,
    ),
    Case(
        "a whiteout of a whiteout is one of nothing",
        [[file("a", 10), OTHER], [file("+/.wh..wh.a", 0), file("a", 10)]],
        10,
        109 / 110,
        0,
        0.0,
    ),
]
"""More of dive's rules, one by one."""

CASES = [pytest.param(case, id=case.name) for case in (*FOUND_WRONG, *BY_THE_WAY)]


@pytest.mark.parametrize("case", CASES)
def test_dives_numbers_stand_beside_the_bytes_really_hidden(case: Case) -> None:
    filesystem = stack_of(*case.layers)
    assert filesystem.ledger.hidden_bytes == case.hidden
    assert dive_numbers(filesystem.layers) == DiveNumbers(case.score, case.inefficient, case.user_wasted)


@needs_dive
@pytest.mark.parametrize("case", CASES)
def test_dive_says_what_the_table_says(case: Case, tmp_path: Path) -> None:
    archive = saved_to(tmp_path, case.layers)
    assert ask_dive(archive) == as_dive_says(DiveNumbers(case.score, case.inefficient, case.user_wasted))


def test_no_layers_waste_nothing() -> None:
    assert dive_numbers([]) == DiveNumbers(1.0, 0, None)


def test_the_report_has_the_numbers_under_dives_names_and_null_for_nan(tmp_path: Path) -> None:
    rewritten = inspect_image(str(saved_to(tmp_path, [[file("a", 1000)], [file("a", 4000)]])))
    assert json.loads(encode(to_report(rewritten)))["efficiency"] == {
        "score": 0.8,
        "dive": {"efficiencyScore": 0.2, "inefficientBytes": 5000, "userWastedPercent": 1.25},
    }
    single = inspect_image(str(saved_to(tmp_path, [[file("a", 1000)]])))
    assert json.loads(encode(to_report(single)))["efficiency"]["dive"]["userWastedPercent"] is None


READ_BY_DIVE = {
    "docker-archive/alpine-310.tar.gz": "",
    "docker-archive/dive-test-docker-image.tar": "",
    "docker-archive/dive-test-kaniko-image.tar": "",
    "docker-archive/dockle-symbolic.tar": "",
    "docker-archive/ggcr/hello-world-v25.tar": "",
    "docker-archive/ggcr/test_bundle.tar": "test_image_1",
    "docker-archive/ggcr/test_image_1.tar": "",
    "docker-archive/ggcr/test_image_2.tar": "",
    "docker-archive/ggcr/test_link.tar": "bazel/v1/tarball:test_image_1",
    "docker-archive/ggcr/test_load_manifest.tar": "",
    "docker-archive/podman/docker-name-only.tar.xz": "",
    "docker-archive/podman/docker-registry-name.tar.xz": "",
    "docker-archive/podman/docker-two-images.tar.xz": "example.com/empty",
    "docker-archive/podman/docker-two-names.tar.xz": "",
    "docker-archive/podman/docker-unnamed.tar.xz": "",
    "layers/overwritten_file.tar": "",
    "layers/source_image.tar": "",
    "layers/source_image_with_empty_layer_history.tar": "",
    "layers/whiteout_dir.tar": "",
    "layers/whiteout_image.tar": "",
    "oci/test-oci-estargz-image.tar": "",
    "oci/test-oci-gzip-image.tar": "",
    "oci/test-oci-uncompressed-image.tar": "",
    "oci/test-oci-zstd-image.tar": "",
}
"""Archives below ../shared/images, and of two images in one the first: dive reads no other."""


@needs_dive
@pytest.mark.parametrize(("name", "tag"), READ_BY_DIVE.items(), ids=READ_BY_DIVE)
def test_dive_says_the_same_of_real_images(images: Path, name: str, tag: str, tmp_path: Path) -> None:
    inspection = inspect_image(f"{images / name}{tag and ':'}{tag}")
    assert ask_dive(uncompressed(images / name, tmp_path)) == as_dive_says(dive_numbers(inspection.filesystem.layers))


names = st.sampled_from(["a", "b", "a", "b", ".c", "+d", "-e", "é", "z z", ".wi", ".wx", "\U0001f600", "\ufb01"])
"""Names that sort before `.wh.` and after it, by code points as by bytes of UTF-8 and of UTF-16."""
paths = st.lists(names, min_size=1, max_size=4).map("/".join)
files = st.builds(file, paths, st.sampled_from([0, 1, 7, 100, 1000]))
members = st.one_of(
    files,
    files,
    st.builds(directory, paths),
    st.builds(symlink, paths, paths),
    st.builds(hardlink, paths, paths),
    st.builds(whiteout, paths),
    st.builds(opaque, st.one_of(paths, st.just(""))),
)
stacks = st.lists(st.lists(members, max_size=12), min_size=1, max_size=6)


@needs_dive
@settings(max_examples=50, deadline=None)
@given(stacks)
def test_dive_says_the_same_of_random_stacks(
    tmp_path_factory: pytest.TempPathFactory, stack: list[list[Member]]
) -> None:
    archive = saved_to(tmp_path_factory.getbasetemp(), stack)
    assert ask_dive(archive) == as_dive_says(dive_numbers(entries_of(stack)))


def test_a_hundred_thousand_files_under_whiteouts_take_well_under_a_second() -> None:
    """dive takes 40 s, since it stacks the lower layers anew for each of the whiteouts."""
    layers = []
    for layer in range(20):
        files = [(f"d{layer}/s{number % 50}/f{number}", Kind.FILE, 100) for number in range(5000)]
        whiteouts = [(f"d{layer - 1}/s{number}/f{number}", Kind.WHITEOUT, 0) for number in range(10 if layer else 0)]
        layers.append(columns(files + whiteouts))
    start = time.process_time()
    numbers = dive_numbers(layers)
    assert time.process_time() - start < 1
    assert numbers == DiveNumbers(0.9981, 19_000, 0.002)


def test_whiteouts_one_in_the_other_sum_up_nothing_twice() -> None:
    folders = ["/".join(["d"] * depth) for depth in range(1, 1001)]
    files = [(f"{folders[-1]}/{number}", Kind.FILE, 1) for number in range(20_000)]
    lower = columns([(folder, Kind.DIRECTORY, 0) for folder in folders] + files)
    upper = columns([(folder, Kind.WHITEOUT, 0) for folder in folders])
    start = time.process_time()
    numbers = dive_numbers([lower, upper, columns([("d", Kind.FILE, 5)])])
    assert time.process_time() - start < 1
    assert numbers == DiveNumbers(20_000_005 / 20_020_005, 20_005, 4001.0)


def columns(rows: list[tuple[str, Kind, int]]) -> Entries:
    """Entries of these paths, kinds and sizes, made without a tar."""
    nothing = [0] * len(rows)
    return replace(
        Entries.empty(),
        paths=[path for path, _, _ in rows],
        kinds=bytearray(kind for _, kind, _ in rows),
        sizes=array("q", [size for _, _, size in rows]),
        modes=array("H", nothing),
        uids=array("q", nothing),
        gids=array("q", nothing),
        mtimes=array("q", nothing),
        contents=array("Q", nothing),
    )


def entries_of(layers: list[list[Member]]) -> list[Entries]:
    return [scan_of(layer).entries for layer in layers]


def saved_to(folder: Path, layers: list[list[Member]]) -> Path:
    """A `docker save` file of these layers."""
    archive = folder / "image.tar"
    archive.write_bytes(saved(SavedImage([tar_layer(layer) for layer in layers], ["made:up"])))
    return archive


def uncompressed(archive: Path, folder: Path) -> Path:
    """The archive as dive can read it."""
    opener = {".gz": gzip.open, ".xz": lzma.open}.get(archive.suffix)
    if opener is None:
        return archive
    plain = folder / archive.stem
    with opener(archive) as file_object:
        plain.write_bytes(file_object.read())
    return plain
