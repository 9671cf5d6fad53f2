"""Two embedded images that show what the tool is for, without an engine or a network.

They retell the first example of "Building lean Docker images" (2018): an application that needs `make` and
`g++` to build a native Node.js module, and so becomes 218 MB when the tools are removed in a later RUN than
the one that brought them, and 67.1 MB when both happen in the same RUN. Versions and sizes are those of 2018,
the sizes scaled down; the history and npm's files are written as today's tools write them.
"""

from __future__ import annotations

from inspector.demo.article import FAT_DOCKERFILE, LEAN_DOCKERFILE, fat_archive, lean_archive

__all__ = ["FAT_DOCKERFILE", "LEAN_DOCKERFILE", "fat_archive", "lean_archive"]
