"""The formats of reports, of one image and of a comparison: an entry in a table is all there is to add.

The command line makes an option of each, the terminal UI a command. What encodes is imported when it is asked for: the
start has no time for it, nor for msgspec: hence a NamedTuple.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from inspector.compare.comparison import Comparison
    from inspector.reports.reported import Reported

Subject = TypeVar("Subject")


class Format(NamedTuple, Generic[Subject]):
    """How to write a report about a subject, which is an image or a comparison.

    `name` is the word for it (`the JSON report`); ids of commands end in it, in small letters. `option` is that of the
    command line, `suffix` what the names of its files end in. `encode` gives the bytes of the file.
    """

    name: str
    option: str
    suffix: str
    encode: Callable[[Subject], bytes]


def _text(image: Reported) -> bytes:
    from inspector.reports.text import text_report

    return text_report(image.inspection, plan=image.plan).encode()


def _json(image: Reported) -> bytes:
    from inspector.reports.json_report import encode, to_report

    return encode(to_report(image.inspection, plan=image.plan))


def _markdown(image: Reported) -> bytes:
    from inspector.reports.inspect_markdown import inspect_markdown

    return inspect_markdown(image.inspection, image.plan).encode()


def _comparison_text(comparison: Comparison) -> bytes:
    from inspector.reports.compare_text import compare_text

    return compare_text(comparison).encode()


def _comparison_json(comparison: Comparison) -> bytes:
    from inspector.reports.compare_json import encode_comparison

    return encode_comparison(comparison)


def _comparison_markdown(comparison: Comparison) -> bytes:
    from inspector.reports.compare_markdown import compare_markdown

    return compare_markdown(comparison).encode()


TEXT, JSON, MARKDOWN = ("text", "--text", ".txt"), ("JSON", "--json", ".json"), ("Markdown", "--markdown", ".md")

INSPECTION_FORMATS: tuple[Format[Reported], ...] = (
    Format(*TEXT, _text),
    Format(*JSON, _json),
    Format(*MARKDOWN, _markdown),
)

COMPARISON_FORMATS: tuple[Format[Comparison], ...] = (
    Format(*TEXT, _comparison_text),
    Format(*JSON, _comparison_json),
    Format(*MARKDOWN, _comparison_markdown),
)
