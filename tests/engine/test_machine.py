"""Where the base images of the engine tests come from is read off the machine, in both of apt's notations."""

from __future__ import annotations

from .machine import AptSource, parse_deb822, parse_list


def test_one_line_sources_are_read_without_their_options_and_comments() -> None:
    text = """
    # deb http://old/debian stable main
    deb [arch=amd64 signed-by=/a/key.gpg] http://mirror/debian stable main contrib  # the usual
    deb-src http://mirror/debian stable main
    deb http://mirror/flat ./
    """
    assert list(parse_list(text)) == [
        AptSource("http://mirror/debian", "stable", ("main", "contrib")),
        AptSource("http://mirror/flat", "./", ()),
    ]


def test_deb822_sources_are_read_stanza_by_stanza() -> None:
    text = """# the archive
Types: deb deb-src
URIs: http://one/debian http://two/debian
Suites: stable
# and what is newer
 stable-updates
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 -----END PGP PUBLIC KEY BLOCK-----

Types: deb
Enabled: no
URIs: http://three/debian
Suites: stable
Components: main

Types: deb-src
URIs: http://four/debian
Suites: stable
Components: main
"""
    assert list(parse_deb822(text)) == [
        AptSource("http://one/debian", "stable", ("main",)),
        AptSource("http://one/debian", "stable-updates", ("main",)),
        AptSource("http://two/debian", "stable", ("main",)),
        AptSource("http://two/debian", "stable-updates", ("main",)),
    ]
