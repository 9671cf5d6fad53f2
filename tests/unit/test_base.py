"""The base image by each kind of evidence, and how they are combined."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from inspector.attribution.base import DIGEST, EVIDENCE, NAME, Base, evidence_text
from inspector.attribution.dockerfile import parse_dockerfile
from inspector.attribution.origins import NO_RECIPE, ImageContext, Origins, Recipe, trace
from inspector.image.config import ImageConfig, parse_config
from inspector.image.image import NamedImage
from inspector.line import inspect_image
from inspector.reports.text import text_report

OLD, NEW = "2024-01-01T00:00:00Z", "2024-06-01T00:00:00.123456789Z"

History = Sequence[tuple[str, str | None, str | None]]
"""Entries as (created_by, the layer they made, when)."""

HISTORY: History = [
    ("/bin/sh -c #(nop) ADD file:0 in / ", "a", OLD),
    ('/bin/sh -c #(nop)  CMD ["bash"]', None, OLD),
    ("ENV A=1", None, NEW),
    ("RUN /bin/sh -c b # buildkit", "b", NEW),
    ('CMD ["c"]', None, NEW),
]


def config_of(history: History = HISTORY, **run: Any) -> ImageConfig:
    entries = [
        {"created_by": text, "created": created, "empty_layer": layer is None} for text, layer, created in history
    ]
    diff_ids = [layer for _, layer, _ in history if layer is not None]
    return parse_config(json.dumps({"rootfs": {"diff_ids": diff_ids}, "history": entries, "config": run}).encode())


def named(name: str, *layers: str, entries: int = 0, triggers: bool = False) -> NamedImage:
    """An image with these layers and the first entries of HISTORY."""
    return NamedImage((name,), None, layers, tuple(text for text, *_ in HISTORY[:entries]), triggers)


def recipe(text: str) -> Recipe:
    return Recipe(parse_dockerfile(text, "Dockerfile"))


def split(origins: Origins) -> str:
    """Each instruction as b (the base's), y (yours) or ? (unknown)."""
    return "".join({True: "b", False: "y", None: "?"}[step.from_base] for step in origins.instructions)


def test_nothing_known_is_nothing_said() -> None:
    origins = trace(config_of([("RUN a", "a", None), ("RUN b", "b", None)]), NO_RECIPE, ImageContext())
    assert origins.base is None
    assert split(origins) == "??"


class TestAnnotations:
    def test_they_name_it_and_the_history_says_how_far_it_reaches(self) -> None:
        around = ImageContext(annotations={NAME: "debian:12", DIGEST: "sha256:1"})
        origins = trace(config_of(), NO_RECIPE, around)
        assert origins.base == Base("debian:12", "sha256:1", "annotation, history-shape", 1, 2)
        assert split(origins) == "bbyyy"

    def test_without_any_end_the_layers_stay_unknown(self) -> None:
        around = ImageContext(annotations={DIGEST: "sha256:1"})
        origins = trace(config_of([("RUN a", "a", NEW), ("RUN b", "b", NEW)]), NO_RECIPE, around)
        assert origins.base == Base(None, "sha256:1", "annotation", None, None)
        assert split(origins) == "??"

    def test_a_label_counts_less_since_it_is_inherited(self) -> None:
        config = config_of(Labels={NAME: "alpine"})
        assert trace(config, NO_RECIPE, ImageContext()).base == Base("alpine", None, "label, history-shape", 1, 2)
        around = ImageContext(images=(named("debian", "a", entries=2),))
        assert trace(config, NO_RECIPE, around).base == Base("debian", None, "diff-ids", 1, 2)

    @pytest.mark.parametrize(("tag", "name"), [("v2", "b2"), ("v3", "b3")])
    def test_those_of_a_real_index(self, images: Path, tag: str, name: str) -> None:
        folder = images / "oci" / "regclient-testrepo"
        inspection = inspect_image(f"oci-dir:{folder}:{tag}", platform="linux/amd64")
        assert inspection.base is not None
        assert inspection.base.name == f"registry.example.org/testrepo:{name}"
        assert inspection.base.evidence.startswith("annotation")
        assert f"based on registry.example.org/testrepo:{name} (as its annotations say" in text_report(inspection)


class TestInWords:
    def test_every_evidence_has_its_words(self) -> None:
        assert [word for word in EVIDENCE if evidence_text(word) == word] == []
        assert evidence_text("history-shape") == "guessed from its history"

    def test_of_two_one_names_it_and_the_other_tells_where_it_ends(self) -> None:
        told = "as its annotations say; where it ends: guessed from its history"
        assert evidence_text("annotation, history-shape") == told

    def test_what_a_later_version_saved_is_told_as_it_is(self) -> None:
        assert evidence_text("starlight") == "starlight"


class TestLayers:
    def test_the_image_with_the_most_of_the_layers_is_the_base(self) -> None:
        history: History = [("RUN a", "a", NEW), ("RUN b", "b", NEW), ("RUN c", "c", NEW)]
        around = ImageContext(images=(named("one", "a"), named("two", "a", "b"), named("other", "a", "x")))
        origins = trace(config_of(history), NO_RECIPE, around)
        assert origins.base == Base("two", None, "diff-ids", 2, None)
        assert split(origins) == "bby"

    def test_an_image_that_lacks_settings_only_is_a_base_too(self) -> None:
        around = ImageContext(images=(named("same", "a", "b", entries=5), named("bare", "a", "b", entries=4)))
        origins = trace(config_of(), NO_RECIPE, around)
        assert origins.base == Base("bare", None, "diff-ids", 2, 4)
        assert split(origins) == "bbbby"

    def test_settings_between_known_layers_are_divided_by_time(self) -> None:
        around = ImageContext(images=(named("base", "a"),))
        assert split(trace(config_of(), NO_RECIPE, around)) == "bbyyy"

    def test_without_times_they_stay_unknown(self) -> None:
        around = ImageContext(images=(named("base", "a"),))
        history = [(text, layer, None) for text, layer, _ in HISTORY]
        assert split(trace(config_of(history), NO_RECIPE, around)) == "b??yy"

    def test_what_the_user_names_is_verified(self) -> None:
        origins = trace(config_of(), Recipe(base=named("mine", "a", entries=2)), ImageContext())
        assert origins.base == Base("mine", None, "--base", 1, 2)
        assert origins.notes == ()

    @pytest.mark.parametrize(
        ("layers", "note"),
        [
            (("x",), "mine is not the base of this image: they differ from layer 0 on"),
            (("a", "x"), "mine is not the base of this image: they differ from layer 1 on"),
            (("a", "b", "c"), "mine is not the base of this image: it has as much in it, or more"),
            (("a", "b"), "mine is not the base of this image: it has as much in it, or more"),
        ],
    )
    def test_and_refused_if_it_is_not(self, layers: tuple[str, ...], note: str) -> None:
        origins = trace(config_of(), Recipe(base=named("mine", *layers)), ImageContext())
        assert origins.notes == (note,)
        assert origins.base == Base(None, None, "history-shape", 1, 2)

    def test_a_label_that_is_no_text_names_nothing(self) -> None:
        assert trace(config_of([], Labels={NAME: 5, DIGEST: ["x"]}), NO_RECIPE, ImageContext()).base is None


class TestDockerfile:
    def test_it_names_the_base_and_tells_where_it_ends(self) -> None:
        origins = trace(config_of(), recipe("FROM debian:12@sha256:1\nENV A=1\nRUN b\nCMD ['c']\n"), ImageContext())
        assert origins.base == Base("debian:12", "sha256:1", "Dockerfile", 1, 2)
        assert split(origins) == "bbyyy"

    def test_scratch_is_no_base(self) -> None:
        history = HISTORY[2:]
        origins = trace(config_of(history), recipe("FROM scratch\nENV A=1\nRUN b\nCMD ['c']\n"), ImageContext())
        assert origins.base is None
        assert split(origins) == "yyy"

    def test_local_images_must_agree_with_it(self) -> None:
        """Another image that was built from the first lines of the same Dockerfile has more layers than the base."""
        history = [*HISTORY, ("RUN /bin/sh -c d # buildkit", "d", NEW)]
        images = (named("debian:12", "a", entries=2), named("sibling", "a", "b", entries=5))
        text = "ARG V=12\nFROM debian:$V\nENV A=1\nRUN b\nCMD ['c']\nRUN d\n"
        origins = trace(config_of(history), recipe(text), ImageContext(images=images))
        assert origins.base == Base("debian:12", None, "diff-ids, Dockerfile", 1, 2)

    def test_it_is_not_the_images_if_its_base_ends_elsewhere(self) -> None:
        images = (named("docker.io/library/debian:latest", "a", entries=2),)
        origins = trace(config_of(), recipe("FROM debian\nCMD ['c']\n"), ImageContext(images=images))
        assert origins.notes == ("the Dockerfile does not match the image: it leaves 2 layers to debian, which has 1",)
        assert all(step.lines is None for step in origins.instructions)

    def test_a_base_with_triggers_may_end_before(self) -> None:
        images = (named("debian:latest", "a", entries=2, triggers=True),)
        origins = trace(config_of(), recipe("FROM debian\nCMD ['c']\n"), ImageContext(images=images))
        assert origins.notes == ()


class TestShape:
    @pytest.mark.parametrize(
        ("history", "expected"),
        [
            pytest.param(HISTORY, "bbyyy", id="the first image ends with CMD"),
            pytest.param(
                [*HISTORY, ("RUN d", "d", "2024-07-01T00:00:00Z"), ("CMD e", None, "2024-07-01T00:00:00Z")],
                "bbbbbyy",
                id="the last such end",
            ),
            pytest.param([(text, layer, NEW) for text, layer, _ in HISTORY], "?????", id="no time between"),
            pytest.param([(text, layer, "x") for text, layer, _ in HISTORY], "?????", id="no times"),
            pytest.param(
                [("RUN a", "a", OLD), ("ENTRYPOINT b", None, OLD), ("LABEL c=d", None, OLD), ("ENV e=f", None, NEW)],
                "bbby",
                id="settings after ENTRYPOINT",
            ),
            pytest.param([("RUN a", "a", OLD), ("RUN b", "b", NEW)], "??", id="time alone says nothing"),
            pytest.param([("", "a", OLD), ("RUN b", "b", NEW)], "??", id="nothing at all"),
        ],
    )
    def test_the_history_alone(self, history: History, expected: str) -> None:
        assert split(trace(config_of(history), NO_RECIPE, ImageContext())) == expected

    def test_an_imported_file_system_is_a_base(self) -> None:
        entries = [{"comment": "Imported from -", "created": OLD}, {"created_by": "RUN b", "created": OLD}]
        config = parse_config(json.dumps({"rootfs": {"diff_ids": ["a", "b"]}, "history": entries}).encode())
        origins = trace(config, NO_RECIPE, ImageContext())
        assert origins.base == Base(None, None, "history-shape", 1, 1)
        assert split(origins) == "by"

    def test_real_configs_are_divided_only_after_an_end(self, images: Path) -> None:
        for path in sorted((images / "configs").glob("*.json")):
            origins = trace(parse_config(path.read_bytes()), NO_RECIPE, ImageContext())
            mine = [step for step in origins.instructions if step.from_base is False]
            if origins.base is not None and mine and origins.base.evidence == "history-shape":
                before = origins.instructions[: mine[0].index]
                assert any(step.verb in ("CMD", "ENTRYPOINT", None) for step in before), path.name
