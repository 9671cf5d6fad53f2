"""The forms in which an inspection or a comparison is written down: one table each, read by whoever offers them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from inspector.compare.comparison import Comparison
    from inspector.inspection import Inspection

Value = TypeVar("Value")


class Format(NamedTuple, Generic[Value]):
    """`option` asks for it on the command line, `suffix` is that of its files, `encode` makes its bytes."""

    name: str
    option: str
    suffix: str
    encode: Callable[[Value], bytes]


def _text(inspection: Inspection) -> bytes:
    from inspector.reports.text import text_report

    return text_report(inspection).encode()


def inspection_json(inspection: Inspection, *, files: bool = False) -> bytes:
    """The JSON report; with `files` every entry of every layer is in it."""
    from inspector.reports.json_report import encode, to_report

    return encode(to_report(inspection, files=files))


def _compare_text(comparison: Comparison) -> bytes:
    from inspector.reports.compare_text import compare_text

    return compare_text(comparison).encode()


def _compare_json(comparison: Comparison) -> bytes:
    from inspector.reports.compare_json import encode_comparison

    return encode_comparison(comparison)


def _compare_markdown(comparison: Comparison) -> bytes:
    from inspector.reports.compare_markdown import compare_markdown

    return compare_markdown(comparison).encode()


INSPECTION_FORMATS: tuple[Format[Inspection], ...] = (
    Format("text", "--text", ".txt", _text),
    Format("json", "--json", ".json", inspection_json),
)

COMPARISON_FORMATS: tuple[Format[Comparison], ...] = (
    Format("text", "--text", ".txt", _compare_text),
    Format("json", "--json", ".json", _compare_json),
    Format("markdown", "--markdown", ".md", _compare_markdown),
)


def with_files() -> tuple[Format[Inspection], ...]:
    """INSPECTION_FORMATS, whose JSON has every entry of every layer."""
    encode = partial(inspection_json, files=True)
    return tuple(each._replace(encode=encode) if each.name == "json" else each for each in INSPECTION_FORMATS)
