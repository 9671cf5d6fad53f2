"""`.leaninspect.toml` in the current folder: what a team has agreed upon for all its inspections."""

from __future__ import annotations

import tomllib
from pathlib import Path

from msgspec import Struct

from inspector.errors import BadSetting

FILE = ".leaninspect.toml"


class Settings(Struct, frozen=True):
    """`ignore` are globs of paths that findings leave out."""

    ignore: tuple[str, ...] = ()


def read_settings(folder: Path) -> Settings:
    """The settings of a folder, the defaults where it has none.

    Raises BadSetting, naming the key, when the file cannot be read or says something unknown.
    """
    path = folder / FILE
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSetting(f"{FILE} cannot be read: {error}", "it must be a TOML file") from None
    unknown = sorted(raw.keys() - {"ignore"})
    ignore = raw.get("ignore", {})
    paths = ignore.get("paths", []) if isinstance(ignore, dict) else None
    if unknown:
        raise BadSetting(f"{FILE} has an unknown table [{unknown[0]}]", "known: [ignore]")
    if not isinstance(paths, list) or not all(isinstance(glob, str) for glob in paths) or ignore.keys() - {"paths"}:
        raise BadSetting(
            f"{FILE}: [ignore] is not of the form paths = [GLOB, …]", 'for example: paths = ["var/lib/rpm/**"]'
        )
    return Settings(tuple(paths))
