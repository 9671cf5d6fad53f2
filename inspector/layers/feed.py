"""A cursor over a stream of chunks: the tar reader's view of its bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from inspector.errors import BadLayer


class Feed:
    """Takes bytes off a stream of chunks, front to back. `offset` is the number of bytes taken so far.

    `jump`, where the stream can seek, moves it forward over bytes that are only skipped.

    On the hot path: a taken piece is a plain slice of the current chunk unless it crosses into the next one.
    """

    __slots__ = ("_chunk", "_chunks", "_ended", "_jump", "_position", "_view")

    def __init__(self, chunks: Iterable[bytes], jump: Callable[[int], object] | None = None) -> None:
        self._jump = jump
        self._chunks = iter(chunks)
        self._chunk = b""
        self._view = memoryview(b"")
        self._position = 0
        self._ended = 0  # bytes in the chunks that are used up

    @property
    def offset(self) -> int:
        return self._ended + self._position

    def block(self) -> bytes:
        """The next 512 bytes, or fewer at the end of the stream (none at its very end)."""
        start = self._position
        end = start + 512
        if end <= len(self._chunk):
            self._position = end
            return self._chunk[start:end]
        return b"".join(self._upto(512))

    def take(self, count: int) -> bytes:
        """Exactly `count` bytes. Raises BadLayer when the stream ends before."""
        return b"".join(self.pieces(count))

    def view(self, count: int) -> memoryview | None:
        """The next `count` bytes without a copy when one chunk holds them all, else None and nothing is taken."""
        start = self._position
        end = start + count
        if end > len(self._chunk):
            return None
        self._position = end
        return self._view[start:end]

    def pieces(self, count: int, *, optional: int = 0) -> Iterator[memoryview]:
        """Exactly `count` bytes in views of the chunks, of which the stream may lack the last `optional`.

        Raises BadLayer when it ends before.
        """
        taken = 0
        for piece in self._upto(count):
            taken += len(piece)
            yield piece
        missing = count - optional - taken
        if missing > 0:
            raise BadLayer(f"the tar ends {missing} bytes too early", "it is truncated; fetch or save the image again")

    def skip(self, count: int, *, optional: int = 0) -> None:
        """Leave out `count` bytes, of which the stream may lack the last `optional`. Raises as `pieces` does."""
        if self._position + count <= len(self._chunk):
            self._position += count
        elif self._jump is not None:
            self._jump(self._position + count - len(self._chunk))
            self._ended += self._position + count
            self._chunk, self._view, self._position = b"", memoryview(b""), 0
        else:
            for _ in self.pieces(count, optional=optional):
                pass

    def skip_to(self, offset: int, *, optional: int = 0) -> None:
        """Leave out what comes before `offset`. Raises as `pieces` does."""
        position = offset - self._ended
        if position <= len(self._chunk):
            self._position = position
        else:
            self.skip(position - self._position, optional=optional)

    def drain(self) -> None:
        """Leave out all the rest, so that whoever hashes the chunks sees every byte."""
        while self._next_chunk():
            pass

    def _upto(self, count: int) -> Iterator[memoryview]:
        while count > 0:
            if self._position == len(self._chunk) and not self._next_chunk():
                return
            piece = self._view[self._position : self._position + count]
            self._position += len(piece)
            count -= len(piece)
            yield piece

    def _next_chunk(self) -> bool:
        self._ended += len(self._chunk)
        self._chunk = next(self._chunks, b"")
        self._view = memoryview(self._chunk)
        self._position = 0
        return bool(self._chunk)
