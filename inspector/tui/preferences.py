"""What a person prefers: the theme and keys of `config.toml` in the user's folder for configurations.

[tui]
theme = "lean-light"        # or any of Textual's

[keys]                      # command = "key,key", by the ids that screens, views and the app declare
waste = "f2"
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path

from msgspec import Struct

from inspector.errors import BadSetting


class Preferences(Struct, frozen=True):
    """`theme` is None where none is named; `keys` are by command."""

    theme: str | None = None
    keys: Mapping[str, str] = {}


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
    for table, known in ((raw, {"tui", "keys"}), (tui, {"theme"}), (keys, ids)):
        if not isinstance(table, dict) or (unknown := sorted(table.keys() - known)):
            wrong = unknown[0] if isinstance(table, dict) else "a value in place of a table"
            raise BadSetting(f"{path}: unknown: {wrong}", f"known: {', '.join(sorted(known))}")
    theme = tui.get("theme")
    if theme is not None and theme not in themes:
        raise BadSetting(f"{path}: unknown theme: {theme}", f"known: {', '.join(sorted(themes))}")
    wrong_keys = sorted(name for name, value in keys.items() if not isinstance(value, str) or not value.strip())
    if wrong_keys:
        raise BadSetting(f"{path}: the key of {wrong_keys[0]} is none", 'write it like "f2" or "ctrl+w,w"')
    return Preferences(theme, keys)


def _commands() -> set[str]:
    """The ids of all commands. What declares them is imported only for a person who has keys of their own."""
    from inspector.tui.all_commands import ALL_COMMANDS

    return {command.id for command in ALL_COMMANDS}
