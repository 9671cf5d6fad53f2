"""The JSON Schemas of the contracts, made from their types; `python -m inspector.reports.schema` writes them."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec

from inspector.reports import compare_contract, contract

SHIPPED = Path(__file__).with_name(f"report-{contract.VERSION}.schema.json")
COMPARE_SHIPPED = Path(__file__).with_name(f"compare-{compare_contract.VERSION}.schema.json")

DOCUMENTS = {
    SHIPPED: (contract.URL, contract.Report),
    COMPARE_SHIPPED: (compare_contract.URL, compare_contract.Comparison),
}
"""File → the contract's address and its top-level type."""


def render(file: Path = SHIPPED) -> str:
    """The content that the file should have."""
    url, document = DOCUMENTS[file]
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": url,
        **msgspec.json.schema(document),
    }
    return json.dumps(schema, indent=2) + "\n"


if __name__ == "__main__":
    for path in DOCUMENTS:
        path.write_text(render(path), encoding="utf-8")
