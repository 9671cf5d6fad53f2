"""Whose a layer is."""

from __future__ import annotations

import json

import pytest
from builders import BuiltImage
from msgspec.structs import replace

from inspector.attribution.base import Base
from inspector.attribution.instructions import Instruction
from inspector.attribution.origins import Recipe
from inspector.attribution.owners import LayerOwner, Owner, layer_owners
from inspector.demo.archive import Member, Step, tar_layer
from inspector.findings.registry import IN_BASE
from inspector.image.image import NamedImage
from inspector.line import inspect_source
from inspector.sources.protocol import Known, Poll, SourceImage, do_not_poll, nothing_known
from tests.unit.packages.inventories import dpkg_list, stanza


def steps(*from_base: bool | None) -> tuple[Instruction, ...]:
    return tuple(
        Instruction(n, "RUN", f"RUN {n}", None, n, empty=False, from_base=each) for n, each in enumerate(from_base)
    )


def test_layers_that_are_known_to_be_the_bases_are_believed_before_instructions() -> None:
    base = Base("debian:12", None, "diff-ids", 1, None)
    assert layer_owners(2, steps(None, None), base) == (
        LayerOwner(Owner.BASE, "diff-ids"),
        LayerOwner(Owner.YOURS, "diff-ids"),
    )


def test_where_no_layers_are_known_the_instructions_say_it() -> None:
    base = Base("debian:12", None, "annotation", None, None)
    assert [owner.owner for owner in layer_owners(3, steps(True, False, None), base)] == [
        Owner.BASE,
        Owner.YOURS,
        Owner.UNKNOWN,
    ]


@pytest.mark.parametrize(("owner", "told"), [(Owner.BASE, True), (Owner.YOURS, False), (Owner.UNKNOWN, None)])
def test_unknown_is_neither(owner: Owner, told: bool | None) -> None:
    assert LayerOwner(owner).from_base is told


def test_tools_of_the_base_are_not_to_be_removed_by_an_instruction_where_the_history_does_not_pair() -> None:
    """A history that is shorter than the layers says of none of them what made it; the base given does."""
    packages = "".join(stanza(name) for name in ("libc6", "make"))
    base = tar_layer(
        [
            Member("var/lib/dpkg/status", packages.encode()),
            Member("var/lib/dpkg/info/make.list", dpkg_list("usr/bin/make").encode()),
            Member("usr/bin/make", bytes(100_000), mode=0o755),
        ]
    )
    own = tar_layer([Member("srv/app", b"app")])
    image = BuiltImage([Step("ADD rootfs", base), Step("COPY app", own)]).image()
    named = NamedImage(("debian:12",), None, (image.layers[0].diff_id,), ("another history",))
    config = json.loads(image.config)
    config["history"] = [{"created_by": "/bin/sh -c apt-get install make"}]

    class Unpaired(BuiltImage):
        def image(self, known: Known = nothing_known, poll: Poll = do_not_poll) -> SourceImage:
            return replace(super().image(known, poll), config=json.dumps(config).encode())

    source = Unpaired([Step("ADD rootfs", base), Step("COPY app", own)])
    inspection = inspect_source(source, "test", recipe=Recipe(base=named))
    assert [step.layer for step in inspection.instructions] == [None]
    assert [owner.owner for owner in inspection.owners] == [Owner.BASE, Owner.YOURS]
    assert {finding.rule for finding in inspection.findings} == {IN_BASE}
