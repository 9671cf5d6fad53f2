"""Dockerfiles that do what a layer can do to the layers below it, and the bytes that each hides.

`FROM busybox` is the tiny image of the fixture of that name, `FROM debian` the minimal Debian. Where the number of
hidden bytes can be read off the Dockerfile it is written beside it; `head -c N /dev/zero` makes N bytes.
"""

from __future__ import annotations

import gzip
import tarfile
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

CLASSIC, BUILDKIT = "the classic builder", "BuildKit"
"""The two builders, by the words used in test ids."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """The bytes of an image that its final file system does not show, by their fate."""

    overwritten: int = 0
    recopied: int = 0
    deleted: int = 0
    deleted_tree: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """An instruction of a Dockerfile: its verb, and the whole of it with white space folded."""

    verb: str
    text: str

    @staticmethod
    def of(line: str) -> Step:
        """Read one line, continued lines being joined already."""
        words = line.split()
        return Step("".join(words[:1]), " ".join(words))

    @property
    def is_shell_run(self) -> bool:
        """Whether this is a RUN in shell form, whose command a builder records word for word."""
        return self.verb == "RUN" and not self.text.startswith("RUN [")


@dataclass(frozen=True, slots=True)
class Image:
    """One image to build; `name` reads as a sentence, `hidden` is None where the Dockerfile does not tell."""

    name: str
    dockerfile: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    hidden: Hidden | None = None
    builders: tuple[str, ...] = (CLASSIC, BUILDKIT)

    def steps(self) -> list[Step]:
        """The instructions after the last FROM."""
        steps: list[Step] = []
        for line in self.dockerfile.replace("\\\n", " ").splitlines():
            step = Step.of(line)
            if step.verb == "FROM":
                steps = []
            elif step.verb:
                steps.append(step)
        return steps


def archive() -> bytes:
    """A tar.gz for ADD to unpack, with what COPY and busybox cannot make: capabilities, attributes, large owners."""
    buffer = BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, kind, size, link, attributes in (
            ("pack", tarfile.DIRTYPE, 0, "", {}),
            ("pack/ping", tarfile.REGTYPE, 400, "", {"SCHILY.xattr.security.capability": NET_RAW}),
            ("pack/noted", tarfile.REGTYPE, 60, "", {"SCHILY.xattr.user.note": "über\n=1 2"}),
            ("pack/again", tarfile.LNKTYPE, 0, "pack/noted", {}),
            ("pack/link", tarfile.SYMTYPE, 0, "../somewhere/else", {}),
        ):
            member = tarfile.TarInfo(name)
            member.type, member.size, member.linkname, member.pax_headers = kind, size, link, attributes
            member.mode, member.uid, member.gid = 0o750, 70_000, 4_000_000
            tar.addfile(member, BytesIO(bytes(size)))
    return gzip.compress(buffer.getvalue(), mtime=0)


NET_RAW = bytes.fromhex("0100000200200000000000000000000000000000").decode("latin-1")
"""The attribute security.capability for cap_net_raw=ep (struct vfs_cap_data, revision 2)."""

LONG = "n" * 200
"""A name too long for the 100 bytes of a tar header, and three of them for any path field at all."""

IMAGES = (
    Image(
        "a file of a lower layer is removed",
        """
        FROM busybox
        RUN mkdir /d && head -c 1000 /dev/zero > /d/kept && head -c 2000 /dev/zero > /d/gone
        RUN rm /d/gone
        """,
        hidden=Hidden(deleted=2000),
    ),
    Image(
        "a directory of a lower layer is removed",
        """
        FROM busybox
        RUN mkdir -p /d/e && head -c 1000 /dev/zero > /d/a && head -c 2000 /dev/zero > /d/e/b
        RUN rm -rf /d
        """,
        hidden=Hidden(deleted_tree=3000),
    ),
    Image(
        "a directory is removed and made again with other files by the same RUN",
        """
        FROM busybox
        RUN mkdir -p /d/e && head -c 1000 /dev/zero > /d/a && head -c 2000 /dev/zero > /d/e/b
        RUN rm -rf /d && mkdir -p /d/e && head -c 300 /dev/zero > /d/e/c
        """,
        hidden=Hidden(deleted_tree=3000),
    ),
    Image(
        "a directory is removed and made again with the same file, then once more by a COPY",
        """
        FROM busybox
        RUN mkdir -p /d && head -c 1000 /dev/zero > /d/a
        RUN rm -rf /d && mkdir -p /d && head -c 1000 /dev/zero > /d/a
        COPY a /d/a
        """,
        {"a": bytes(500)},
        hidden=Hidden(overwritten=1000, deleted_tree=1000),
    ),
    Image(
        "a directory is removed by one layer and made again by the next",
        """
        FROM busybox
        RUN mkdir /d && head -c 1000 /dev/zero > /d/a && head -c 50 /dev/zero > /d/b
        RUN rm -rf /d
        RUN mkdir /d && head -c 1000 /dev/zero > /d/a
        RUN rm /d/a
        RUN head -c 7 /dev/zero > /d/a
        """,
        hidden=Hidden(deleted=1000, deleted_tree=1050),
    ),
    Image(
        "a directory is moved",
        """
        FROM busybox
        RUN mkdir -p /old/e && head -c 1000 /dev/zero > /old/a && head -c 2000 /dev/zero > /old/e/b
        RUN mv /old /new
        """,
        hidden=Hidden(deleted_tree=3000),
    ),
    Image(
        "a file is moved over another",
        """
        FROM busybox
        RUN head -c 1000 /dev/zero > /a && head -c 200 /dev/zero > /b
        RUN mv /b /a
        """,
        hidden=Hidden(overwritten=1000, deleted=200),
    ),
    Image(
        "chmod -R goes over the files of lower layers",
        """
        FROM busybox
        RUN mkdir -p /d/e && head -c 1000 /dev/zero > /d/a && head -c 2000 /dev/zero > /d/e/b
        RUN chmod -R 0700 /d
        """,
        hidden=Hidden(recopied=3000),
    ),
    Image(
        "chown -R goes over the files of lower layers, and a directory alone changes its mode",
        """
        FROM busybox
        RUN mkdir -p /d/e && head -c 1000 /dev/zero > /d/a && head -c 2000 /dev/zero > /d/e/b && ln -s a /d/l
        RUN chown -R 1000:1000 /d
        RUN chmod 0711 /d/e
        """,
        hidden=Hidden(recopied=3000),
    ),
    Image(
        "files are touched, appended to and written anew",
        """
        FROM busybox
        RUN mkdir /d && for f in touched longer other; do head -c 100 /dev/zero > /d/$f; done
        RUN touch /d/touched && echo more >> /d/longer && head -c 100 /bin/sh > /d/other
        """,
        hidden=Hidden(overwritten=200, recopied=100),
    ),
    Image(
        "a file becomes a directory",
        """
        FROM busybox
        RUN head -c 1000 /dev/zero > /x
        RUN rm /x && mkdir /x && head -c 10 /dev/zero > /x/y
        """,
        hidden=Hidden(overwritten=1000),
    ),
    Image(
        "a directory becomes a file",
        """
        FROM busybox
        RUN mkdir -p /x/y && head -c 1000 /dev/zero > /x/y/z
        RUN rm -r /x && head -c 10 /dev/zero > /x
        """,
        hidden=Hidden(deleted_tree=1000),
    ),
    Image(
        "a symlink becomes a directory and a symlink again",
        """
        FROM busybox
        RUN mkdir /real && head -c 1000 /dev/zero > /real/a && ln -s real /x
        RUN rm /x && mkdir /x && head -c 20 /dev/zero > /x/b
        RUN rm -r /x && ln -s real /x
        """,
        hidden=Hidden(deleted_tree=20),
    ),
    Image(
        "a file becomes a symlink, and a symlink a file",
        """
        FROM busybox
        RUN head -c 1000 /dev/zero > /a && ln -s a /b
        RUN rm /a /b && ln -s b /a && head -c 30 /dev/zero > /b
        """,
        hidden=Hidden(overwritten=1000),
    ),
    Image(
        "files are written through a symlink to a directory",
        """
        FROM busybox
        RUN mkdir -p /usr/real && ln -s usr/real /x && head -c 1000 /dev/zero > /x/a
        RUN head -c 2000 /dev/zero > /x/a
        COPY b /x/
        """,
        {"b": bytes(40)},
        hidden=Hidden(overwritten=1000),
    ),
    Image(
        "one of two hardlinks is removed",
        """
        FROM busybox
        RUN head -c 1000 /dev/zero > /a && ln /a /b
        RUN rm /a
        """,
        hidden=Hidden(),
    ),
    Image(
        "both of two hardlinks are removed, one after the other",
        """
        FROM busybox
        RUN mkdir /d && head -c 1000 /dev/zero > /a && ln /a /d/b
        RUN rm /a
        RUN rm /d/b
        """,
        hidden=Hidden(deleted=1000),
    ),
    Image(
        "one of three hardlinks is written over, one changes its mode",
        """
        FROM busybox
        RUN head -c 1000 /dev/zero > /a && ln /a /b && ln /a /c
        RUN rm /b && head -c 10 /dev/zero > /b
        RUN chmod 0600 /a
        """,
        hidden=Hidden(),
    ),
    Image(
        "a file of a lower layer gets a hardlink",
        """
        FROM busybox
        RUN mkdir /d && head -c 1000 /dev/zero > /d/z
        RUN ln /d/z /a
        """,
        hidden=Hidden(recopied=1000),
    ),
    Image(
        "hardlinks across directories, one of which is removed",
        """
        FROM busybox
        RUN mkdir /d /e && head -c 1000 /dev/zero > /d/a && ln /d/a /e/b && ln /d/a /e/c
        RUN rm -r /d
        """,
        hidden=Hidden(),
    ),
    Image(
        "hardlinks to a symlink and to a fifo",
        """
        FROM busybox
        RUN mkdir /d && ln -s nowhere /d/s && ln /d/s /d/t && mkfifo /d/p && ln /d/p /d/q
        """,
        hidden=Hidden(),
    ),
    Image(
        "names longer than a tar header's fields",
        f"""
        FROM busybox
        RUN mkdir -p /{LONG}/{LONG}/{LONG} && head -c 10 /dev/zero > /{LONG}/{LONG}/{LONG}/f
        RUN ln -s /{LONG}/{LONG}/{LONG}/f /to && ln /to /{LONG}/too && head -c 20 /dev/zero > /{LONG}/{LONG}/g
        RUN ln /{LONG}/{LONG}/g /{LONG}/h && rm /{LONG}/{LONG}/{LONG}/f
        """,
        hidden=Hidden(recopied=20, deleted=10),
    ),
    Image(
        "names in other alphabets, with spaces, newlines and bytes that are no UTF-8",
        """
        FROM busybox
        RUN mkdir /d && cd /d && for name in ärger 日本語 жар 'a b' '\\' ' ' "$(printf 'new\\nline')" \\
                "$(printf 'tab\\there')" "$(printf 'raw\\377byte')" "$(printf '\\377')"; \\
            do head -c 5 /dev/zero > "$name"; done
        RUN cd /d && rm 日本語 "$(printf 'raw\\377byte')" && \\
            ln -s "$(printf 'new\\nline')" "$(printf '\\303\\251 \\377')" && ln -s жар дым && ln жар пар
        """,
        hidden=Hidden(recopied=5, deleted=10),
    ),
    Image(
        "setuid, setgid and sticky files",
        """
        FROM busybox
        RUN head -c 9 /dev/zero > /s && cp /s /g && mkdir /t
        RUN chmod 4755 /s && chmod 2711 /g && chmod 3777 /t
        RUN chmod 0000 /g
        """,
        hidden=Hidden(recopied=27),
    ),
    Image(
        "fifos and device nodes come, change and go",
        """
        FROM busybox
        RUN mkdir /n && mkfifo /n/p && mknod /n/c c 1 3 && mknod /n/b b 259 70000 && mknod /n/gone c 1 5
        RUN rm /n/gone /n/p && head -c 8 /dev/zero > /n/p && chown 1000 /n/c
        """,
        hidden=Hidden(),
    ),
    Image(
        "a sparse file counts in full",
        """
        FROM busybox
        RUN truncate -s 100M /sparse
        RUN rm /sparse
        """,
        hidden=Hidden(deleted=100 << 20),
    ),
    Image(
        "layers without a change",
        """
        FROM busybox
        RUN true
        RUN head -c 10 /dev/zero > /tmp/a && rm /tmp/a
        RUN :
        """,
        hidden=Hidden(),
    ),
    Image(
        "WORKDIR makes directories",
        """
        FROM busybox
        WORKDIR /new/deep/place
        RUN head -c 10 /dev/zero > here
        WORKDIR /new
        WORKDIR ../tmp
        """,
        hidden=Hidden(),
    ),
    Image(
        "COPY of files, of trees, with another owner, and over what is there",
        """
        FROM busybox
        COPY one two /d/
        COPY tree /d/
        COPY --chown=1000:1000 tree /owned/
        COPY two /d/one
        COPY one two tree/deep/three /
        """,
        {"one": b"1" * 100, "two": b"2" * 200, "tree/deep/three": b"3" * 300, "tree/one": b"4" * 40},
        hidden=Hidden(overwritten=140),
    ),
    Image(
        "ADD of a file and of an archive with capabilities, attributes, hardlinks and large owners",
        """
        FROM busybox
        WORKDIR /added
        ADD plain pack.tar.gz ./
        RUN chmod 0700 pack/ping
        """,
        {"plain": bytes(30), "pack.tar.gz": archive()},
        hidden=Hidden(recopied=400),
    ),
    Image(
        "ADD of an archive with a symlink, the same layer by either builder",
        """
        FROM busybox
        ADD pack.tar.gz /
        """,
        {"pack.tar.gz": archive()},
        hidden=Hidden(),
    ),
    Image(
        "RUN with build arguments",
        """
        FROM busybox
        ARG SIZE=1234
        ARG OTHER="two words"
        RUN head -c $SIZE /dev/zero > /a
        ENV SIZE=20
        RUN head -c $SIZE /dev/zero > /a && echo "$OTHER" > /b
        """,
        hidden=Hidden(overwritten=1234),
    ),
    Image(
        "several stages, of which the last counts",
        """
        FROM busybox AS build
        RUN mkdir -p /out/deep && head -c 1000 /dev/zero > /out/deep/app && ln -s deep/app /out/app
        RUN head -c 5000 /dev/zero > /waste
        FROM busybox
        COPY --from=build /out /usr/
        COPY --from=0 --chown=1000:1000 /out/deep/app /usr/deep/
        """,
        hidden=Hidden(recopied=1000),
    ),
    Image(
        "metadata between the layers",
        """
        FROM busybox
        LABEL a=1 b="two words"
        ENV X=1
        RUN head -c 1 /dev/zero > /1
        EXPOSE 80/tcp 53/udp
        USER 1000
        RUN head -c 2 /dev/zero > /tmp/2
        VOLUME /data
        STOPSIGNAL SIGTERM
        COPY four /4
        SHELL ["/bin/sh", "-ec"]
        USER root
        RUN head -c 8 /dev/zero > /8
        HEALTHCHECK --interval=5m CMD true
        ENTRYPOINT ["/bin/sh"]
        CMD ["-c", "echo \\t hi"]
        """,
        {"four": bytes(4)},
        hidden=Hidden(),
    ),
    Image(
        "ONBUILD, which only the classic builder writes into the history",
        """
        FROM busybox
        ONBUILD RUN true
        RUN head -c 1 /dev/zero > /1
        """,
        hidden=Hidden(),
        builders=(CLASSIC,),
    ),
    Image(
        "exec form, continued lines and tabs in a RUN",
        """
        FROM busybox
        RUN ["/bin/sh", "-c", "head -c 16 /dev/zero > /a"]
        RUN head -c 32 /dev/zero \\
            >	/b \\
            && :
        """,
        hidden=Hidden(),
    ),
    Image(
        "the files that an engine puts over every container's",
        """
        FROM busybox
        RUN ln -sf /somewhere/else /etc/mtab
        COPY one /etc/hostname
        COPY one /etc/hosts/
        COPY one /etc/resolv.conf
        COPY one /dev/shm
        COPY one /proc/
        """,
        {"one": bytes(11)},
        hidden=Hidden(),
    ),
    Image(
        "an image from nothing",
        "FROM scratch\nCOPY a b /d/\nCOPY c /d/a\n",
        {"a": b"1", "b": b"22", "c": b"3"},
        hidden=Hidden(overwritten=1),
    ),
    Image(
        "twenty layers over one file",
        "FROM busybox\n" + "RUN echo line >> /log\n" * 20,
        hidden=Hidden(overwritten=sum(range(5, 100, 5))),
    ),
    Image(
        "a distribution is slimmed, and its owners and modes set anew",
        """
        FROM debian
        RUN rm -rf /usr/share/doc /usr/share/locale /usr/share/man/?? && rm /var/log/*.log
        RUN chown -R 0:0 /usr/share /var && chmod -R go-w /usr/lib
        """,
    ),
    Image(
        "packages are installed and purged by a later RUN",
        """
        FROM debian
        RUN apt-get update && apt-get install -y --no-install-recommends make
        RUN make --version
        RUN apt-get purge -y --auto-remove make && rm -rf /var/lib/apt/lists/*
        """,
    ),
)
"""Every image the tests build, with each of its builders."""
