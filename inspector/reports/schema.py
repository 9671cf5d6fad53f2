"""The JSON Schema of the contract, made from its types; `python -m inspector.reports.schema` writes the shipped one."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec

from inspector.reports import contract

SHIPPED = Path(__file__).with_name(f"report-{contract.VERSION}.schema.json")


def report_schema() -> dict[str, object]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": contract.URL,
        **msgspec.json.schema(contract.Report),
    }


def render() -> str:
    return json.dumps(report_schema(), indent=2) + "\n"


if __name__ == "__main__":
    SHIPPED.write_text(render(), encoding="utf-8")
