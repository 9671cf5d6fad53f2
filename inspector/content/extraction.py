"""Files and folders of an image written to disk: never outside the target, never through a link, never as another user.

An image is not trusted. Paths come from clean_path, which knows no `..`; links are made last, so that nothing is
written through them, and only those that stay inside; devices and the like are left out, and so are set-user-id bits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from msgspec import Struct

from inspector.atomic_file import replacing, write_failed
from inspector.content.reading import Contents
from inspector.filesystem.stack import IMPLIED
from inspector.layers.entries import Kind
from inspector.sources.protocol import Watch, ignore_progress


class Item(Struct, frozen=True):
    """Something to write: its path below the target (empty for the target itself), and its entry or IMPLIED."""

    path: str
    entry_id: int


class Outcome(Struct):
    """What was written, and the paths that were not."""

    files: int = 0
    size_bytes: int = 0
    left_out: list[str] = []


def in_the_way(items: Iterable[Item], target: Path) -> list[Path]:
    """What is there already and would be overwritten; folders stay."""
    paths = (_below(target, item.path) for item in items)
    return [path for path in paths if path is not None and (path.is_symlink() or (path.exists() and not path.is_dir()))]


def extract(
    contents: Contents, items: Sequence[Item], target: Path, *, overwrite: bool = False, watch: Watch = ignore_progress
) -> Outcome:
    """Write the items to `target`. Raises InspectorError when the image cannot be read, or the target not written to.

    What is in the way is replaced if `overwrite`, else left out.
    """
    try:
        return _extract(contents, items, target, overwrite, watch)
    except OSError as error:
        raise write_failed(Path(error.filename or target), error) from None


def _extract(contents: Contents, items: Sequence[Item], target: Path, overwrite: bool, watch: Watch) -> Outcome:
    filesystem, outcome = contents.inspection.filesystem, Outcome()
    folders: list[tuple[Path, int]] = []
    links: list[tuple[Path, Item, str]] = []
    files: dict[int, list[tuple[Path, Item, int]]] = {}
    for item in items:
        path = _below(target, item.path)
        entry = None if item.entry_id == IMPLIED else filesystem.entry(item.entry_id)
        if path is None or (entry is not None and entry.kind in (Kind.CHAR, Kind.BLOCK, Kind.FIFO)):
            outcome.left_out.append(item.path)
        elif entry is None or entry.kind == Kind.DIRECTORY:
            if overwrite and not path.is_dir():  # a file where the folder is to be, or a link to one or to nothing
                path.unlink(missing_ok=True)
            if entry is not None and not path.exists():
                folders.append((path, entry.mode))
            _folder(target, path)
        elif entry.kind == Kind.SYMLINK:
            links.append((path, item, entry.link))
        else:
            files.setdefault(contents.file_of(item.entry_id), []).append((path, item, entry.mode))

    def write(file: int, pieces: Iterable[memoryview]) -> None:
        """To every path that has this file; hardlinks become files of their own."""
        written: Path | None = None
        for path, item, mode in files[file]:
            if not _free(target, path, overwrite):
                outcome.left_out.append(item.path)
                continue
            try:
                with replacing(path, mode) as copy:
                    copy.writelines(pieces if written is None else _read(written))
            except OSError as error:  # which is ours, not the source's: it must not be taken for a lost connection
                raise write_failed(path, error) from None
            written = written or path
            outcome.files += 1
            outcome.size_bytes += filesystem.entry(file).size

    contents.stream(list(files), write, watch)
    for path, item, link in links:
        if _stays_inside(item.path, link) and _free(target, path, overwrite):
            path.unlink(missing_ok=True)
            path.symlink_to(link)
            outcome.files += 1
        else:
            outcome.left_out.append(item.path)
    for path, mode in reversed(folders):  # at the end, since something had to be written into them
        path.chmod(mode & 0o777)
    return outcome


def _below(target: Path, path: str) -> Path | None:
    """Where a path of the image is below the target; None for one that this system would understand otherwise."""
    parts = path.split("/") if path else []
    if any(part in ("", ".", "..") or Path(part).name != part for part in parts):
        return None
    return target.joinpath(*parts)


def _folder(target: Path, path: Path) -> None:
    """Make a folder and those above it, up to the target. Raises NotADirectoryError for one that is a link."""
    target.mkdir(parents=True, exist_ok=True)
    place = target
    for part in path.relative_to(target).parts:
        place = place / part
        if place.is_symlink():
            raise NotADirectoryError(None, "it is a link, through which nothing is written", str(place))
        place.mkdir(exist_ok=True)


def _free(target: Path, path: Path, overwrite: bool) -> bool:
    """Make the folders for a path; whether it may be written: nothing is there, or nothing that must stay."""
    if path == target:
        path.parent.mkdir(parents=True, exist_ok=True)
    else:
        _folder(target, path.parent)
    if not (path.exists() or path.is_symlink()):
        return True
    return overwrite and (path.is_symlink() or not path.is_dir())


def _read(path: Path) -> Iterable[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            yield chunk


def _stays_inside(path: str, link: str) -> bool:
    """Whether a link leads to something below the target, whatever other links there are: it may go up only at its
    beginning, and not further than it is deep."""
    if link.startswith("/"):
        return False
    parts = [part for part in link.split("/") if part not in ("", ".")]
    ups = next((number for number, part in enumerate(parts) if part != ".."), len(parts))
    return ".." not in parts[ups:] and ups <= path.count("/") and all(Path(part).name == part for part in parts[ups:])
