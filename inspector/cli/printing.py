"""`cat`: the bytes of one file on stdout."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Iterable, Iterator

from inspector.cli.console import FINE, OUTPUT_HINT, write_bytes_out, write_out
from inspector.cli.files import read_files
from inspector.cli.images import Asked
from inspector.cli.progress import watched
from inspector.errors import NoSuchPath, WriteFailed
from inspector.layers.entries import Kind
from inspector.safe_names import printable_text
from inspector.sources.protocol import Stage, Watch


def print_file(asked: Asked, path: str, layer: int | None) -> int:
    """The file that a path leads to. Raises NoSuchPath where that is none, and InspectorError for all else."""
    files = read_files(asked, layer)
    node = files.find(path, last=True)
    kind = files.kind(node)
    if kind == Kind.DIRECTORY:
        raise NoSuchPath(f"{path} is a folder", "`leaninspect cp` copies folders")
    if kind != Kind.FILE:
        raise NoSuchPath(f"{path} is no file: it is a device, a named pipe, or a hardlink to nothing")

    def stream(watch: Watch) -> None:
        def write(_: int, pieces: Iterable[memoryview]) -> None:
            watch(Stage(""))
            _write(pieces)

        files.contents.stream([files.tree.entry_ids[node]], write, watch)

    watched(stream)
    return FINE


def _write(pieces: Iterable[memoryview]) -> None:
    """What goes wrong with stdout must not reach the source that is read: it would take that for a lost connection."""
    try:
        _print(pieces)
    except BrokenPipeError:
        pass  # whoever reads it has enough
    except OSError as error:
        raise WriteFailed(f"cannot write: {(error.strerror or str(error)).lower()}", OUTPUT_HINT) from None


def _print(pieces: Iterable[memoryview]) -> None:
    if sys.stdout.isatty():
        for text in _shown(pieces):
            write_out(text)
    else:
        for piece in pieces:
            write_bytes_out(piece)


def _shown(pieces: Iterable[memoryview]) -> Iterator[str]:
    """Text for a terminal, which no file may command: what does not print is an escape."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    for piece in pieces:
        yield printable_text(decoder.decode(piece))
    yield printable_text(decoder.decode(b"", final=True))
