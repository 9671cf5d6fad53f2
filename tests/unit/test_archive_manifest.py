"""manifest.json of a `docker save` file, and the choice among its images."""

from __future__ import annotations

import json

import pytest

from inspector.errors import BadImage, ImageNotFound
from inspector.image.archive_manifest import ArchivedImage, images_named, only_image, parse_archive_manifest

APP = ArchivedImage("blobs/sha256/1234abcd", ("l1",), ("team/app:1", "team/app:latest"))
BASE = ArchivedImage("123456ef.json", ("l1",), ("debian:12",))
UNNAMED = ArchivedImage("sha256:9876543210fedcba", (), ())
ALL = (APP, BASE, UNNAMED)


def test_images_are_read_with_their_layers_and_tags() -> None:
    data = [
        {"Config": "c.json", "Layers": ["a/layer.tar", "b/layer.tar"], "RepoTags": ["x:1"], "LayerSources": {}},
        {"Config": "d.json", "Layers": None, "RepoTags": None},
        {"Config": "e.json"},
    ]
    assert parse_archive_manifest(json.dumps(data).encode()) == (
        ArchivedImage("c.json", ("a/layer.tar", "b/layer.tar"), ("x:1",)),
        ArchivedImage("d.json", (), ()),
        ArchivedImage("e.json", (), ()),
    )


@pytest.mark.parametrize("data", [b"null", b"[]"])
def test_a_manifest_without_images_is_refused(data: bytes) -> None:
    with pytest.raises(BadImage, match=r"^manifest\.json of the archive names no image$"):
        parse_archive_manifest(data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "Input data was truncated"),
        (b"{}", "Expected `array | null`, got `object`"),
        (b"[{}]", "Object missing required field `Config` - at `$[0]`"),
        (b'[{"Config": "c", "Layers": [1]}]', "Expected `str`, got `int` - at `$[0].Layers[0]`"),
        (b'[{"Config": "\xff"}]', "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"),
    ],
)
def test_what_is_no_manifest_is_refused_with_the_place(data: bytes, reason: str) -> None:
    with pytest.raises(BadImage) as refused:
        parse_archive_manifest(data)
    assert refused.value.message == f"manifest.json of the archive is not valid: {reason}"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("team/app:1", APP),
        ("team/app", APP),
        ("docker.io/team/app:1", APP),
        ("debian:12", BASE),
        ("library/debian:12", BASE),
        ("docker.io/library/debian:12", BASE),
        ("1234ab", APP),
        ("sha256:1234ab", APP),
        ("1234abcd", APP),
        ("123456ef", BASE),
        ("9876543210fedcba", UNNAMED),
    ],
)
def test_an_image_is_named_by_tag_or_by_the_beginning_of_its_id(wanted: str, found: ArchivedImage) -> None:
    assert images_named(ALL, wanted) == (found,)


@pytest.mark.parametrize(
    "wanted", ["debian", "debian:11", "app:1", "team/app:2", "123", "sha256:", "sha256:123", "abcd", "f" * 64]
)
def test_a_name_that_fits_none_is_answered_with_what_there_is(wanted: str) -> None:
    with pytest.raises(ImageNotFound) as refused:
        images_named(ALL, wanted)
    assert refused.value.message == f"no image {wanted} in the archive"
    assert refused.value.hint == "it holds: team/app:1 team/app:latest, debian:12, 9876543210fe"


def test_a_beginning_that_fits_two_ids_leaves_two() -> None:
    assert images_named(ALL, "1234") == (APP, BASE)


def test_without_a_name_all_are_meant_and_only_one_may_be_there() -> None:
    assert images_named(ALL, None) == ALL
    assert only_image((BASE,)) == BASE
    with pytest.raises(ImageNotFound) as refused:
        only_image(ALL)
    assert refused.value.message == "the archive holds 3 images"
    assert refused.value.hint == "add one of these after a colon: team/app:1 team/app:latest, debian:12, 9876543210fe"
