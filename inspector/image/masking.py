"""Secrets among an image's settings, which nobody who looks at a screen or a report is to read.

Which settings are secret their names say, by the words that give away a line of an `.env` file too.
"""

from __future__ import annotations

import re

SECRET_WORDS = "SECRET|TOKEN|PASSWORD|PASSWD|API_?KEY|PRIVATE_KEY"
"""Words in names of variables whose values are secret; a regular expression."""

MASK = "••••••••"
"""In place of a secret, however long that is."""

_names_a_secret = re.compile(SECRET_WORDS, re.IGNORECASE).search
_names_a_place = re.compile(r"_(FILE|PATH|DIR|URL)$", re.IGNORECASE).search
_password_in_url = re.compile(r"(?<=://)([^\s:/@]*):[^\s/@]+(?=@)")


def masked(name: str, value: str) -> str:
    """The value of a variable or label as it may be shown.

    One that is a secret by its name is masked as a whole, unless it is none (empty, a number, a yes or no) or only
    tells where one is; of any other the password in a URL.
    """
    if _names_a_secret(name.replace("-", "_")) and not _names_a_place(name) and not _is_no_secret(value):
        return MASK
    return _password_in_url.sub(rf"\1:{MASK}", value)


def _is_no_secret(value: str) -> bool:
    return value.strip().lower() in ("", "0", "1", "true", "false", "yes", "no", "on", "off")
