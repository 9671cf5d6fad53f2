"""What a person prefers: the theme and keys of `config.toml` in the user's folder for configurations.

[tui]
theme = "lean-light"        # or any of Textual's
attributes = true           # mode, owner and time of files; the key that shows them writes it here

[keys]                      # command = "key,key", by the ids that screens, views and the app declare
waste = "f2"
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path

from msgspec import Struct

from inspector.atomic_file import write_atomically, write_failed
from inspector.errors import BadSetting, WriteFailed

ATTRIBUTES = "attributes"

_line = re.compile(rf"^{ATTRIBUTES}[ \t]*=[ \t]*(true|false)", re.MULTILINE)
_table = re.compile(r"^\[tui\][ \t]*(#.*)?$", re.MULTILINE)


class Preferences(Struct, frozen=True):
    """`theme` is None where none is named; `keys` are by command. `attributes`: files are shown with theirs."""

    theme: str | None = None
    keys: Mapping[str, str] = {}
    attributes: bool = False


def user_file() -> Path:
    """Where the user's configuration is on this system."""
    from platformdirs import user_config_path

    return user_config_path("leaninspect", appauthor=False) / "config.toml"


def read_preferences(path: Path, themes: Collection[str]) -> Preferences:
    """The preferences in a file, the defaults where there is none. Raises BadSetting, naming what is wrong."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Preferences()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSetting(f"{path} cannot be read: {error}", "it must be a TOML file") from None
    tui, keys = raw.get("tui", {}), raw.get("keys", {})
    ids = _commands() if keys else set()
    for table, known in ((raw, {"tui", "keys"}), (tui, {"theme", ATTRIBUTES}), (keys, ids)):
        if not isinstance(table, dict) or (unknown := sorted(table.keys() - known)):
            wrong = unknown[0] if isinstance(table, dict) else "a value in place of a table"
            raise BadSetting(f"{path}: unknown: {wrong}", f"known: {', '.join(sorted(known))}")
    theme = tui.get("theme")
    if theme is not None and theme not in themes:
        raise BadSetting(f"{path}: unknown theme: {theme}", f"known: {', '.join(sorted(themes))}")
    wrong_keys = sorted(name for name, value in keys.items() if not isinstance(value, str) or not value.strip())
    if wrong_keys:
        raise BadSetting(f"{path}: the key of {wrong_keys[0]} is none", 'write it like "f2" or "ctrl+w,w"')
    attributes = tui.get(ATTRIBUTES, False)
    if not isinstance(attributes, bool):
        raise BadSetting(f"{path}: {ATTRIBUTES} is neither true nor false", f"write it like {ATTRIBUTES} = true")
    return Preferences(theme, keys, attributes)


def write_attributes(path: Path, shown: bool) -> None:
    """Remember in the file whether attributes are shown; all else in it stays as the person wrote it.

    Raises WriteFailed where it cannot be written, or has its tables in a form that no line can be put into.
    """
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise write_failed(path, error) from None
    changed, wanted = _with_attributes(text, shown), tomllib.loads(text)
    wanted.setdefault("tui", {})[ATTRIBUTES] = shown
    try:
        as_wanted = tomllib.loads(changed) == wanted
    except tomllib.TOMLDecodeError:
        as_wanted = False
    if not as_wanted:
        raise WriteFailed(f"{path} has no place for {ATTRIBUTES}", f"write {ATTRIBUTES} = true below [tui]")
    write_atomically(path, changed.encode())


def _with_attributes(text: str, shown: bool) -> str:
    """The file with the line in its table, in place of the one that is there."""
    line = f"{ATTRIBUTES} = {str(shown).lower()}"
    changed, found = _line.subn(line, text, count=1)
    if found:
        return changed
    changed, found = _table.subn(lambda table: f"{table[0]}\n{line}", text, count=1)
    if found:
        return changed
    return f"{text.rstrip()}\n\n[tui]\n{line}\n".lstrip()


def _commands() -> set[str]:
    """The ids of all commands. What declares them is imported only for a person who has keys of their own."""
    from inspector.tui.all_commands import ALL_COMMANDS

    return {command.id for command in ALL_COMMANDS}
