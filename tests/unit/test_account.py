"""What an image is made of, accounted for: what is refused on the way."""

from __future__ import annotations

import pytest
from builders import END, BuiltImage, header

from inspector.demo.archive import Step
from inspector.errors import BadLayer
from inspector.filesystem.ledger import MAX_BYTES
from inspector.filesystem.tree import ROOT, stacked_tree
from inspector.inspection import Inspection
from inspector.line import inspect_source


def accounted(*layers: bytes) -> Inspection:
    return inspect_source(BuiltImage([Step(f"RUN {number}", layer) for number, layer in enumerate(layers)]), "test")


def sparse(name: bytes, size: int) -> bytes:
    """A file in GNU's old sparse format that claims `size` bytes, none of which are there."""
    return header(name, flag=b"S", magic=b"ustar  \0", extra=(483, b"\x80" + size.to_bytes(11, "big")))


def test_files_that_claim_more_bytes_than_any_disk_has_are_refused():
    layers = sparse(b"a", MAX_BYTES) + END, sparse(b"b", (1 << 63) - 1) + END
    with pytest.raises(BadLayer, match=rf"^layer 1 claims to hold {(1 << 63) - 1} bytes, which is not plausible$"):
        accounted(*layers)


def test_the_most_bytes_that_are_taken_can_be_summed_up_wherever_they_are_hidden():
    inspection = accounted(sparse(b"a", MAX_BYTES // 2) + END, sparse(b"a", MAX_BYTES // 2) + END)
    tree = stacked_tree(inspection.filesystem, 1)
    assert (tree.sizes[ROOT], tree.gone[ROOT]) == (MAX_BYTES // 2, MAX_BYTES // 2)
    assert inspection.filesystem.ledger.total_bytes == MAX_BYTES
