"""Images for the tests of the UI, made in code."""

from __future__ import annotations

from collections.abc import Sequence

from inspector.attribution.dockerfile import parse_dockerfile
from inspector.attribution.origins import Recipe
from inspector.demo.archive import Member, Step, directory, hardlink, symlink, tar_layer, whiteout
from inspector.inspection import Inspection
from inspector.line import inspect_source
from tests.builders import BuiltImage

OS_RELEASE = b'NAME="Test Linux"\nPRETTY_NAME="Test Linux 1"\n'


DOCKERFILE = """\
FROM golang:1.22 AS tools
RUN go build ./...

FROM debian:12
# the compiler
RUN apt-get install -y \\
    g++
COPY app /app
RUN echo changed > /etc/motd
RUN apt-get purge -y g++
"""
"""What small_image() is built by; its first layer is the base's."""


def inspection_of(steps: Sequence[Step], reference: str = "test:image", dockerfile: str = "") -> Inspection:
    """The inspection of the image that `steps` made, by a Dockerfile where one is given."""
    recipe = Recipe(parse_dockerfile(dockerfile, "Dockerfile") if dockerfile else None)
    return inspect_source(BuiltImage(steps), reference, recipe=recipe)


def run(command: str, *members: Member) -> Step:
    return Step(f"RUN /bin/sh -c {command} # buildkit", tar_layer(members))


def small_image(dockerfile: str = "") -> Inspection:
    """A base, a compiler that comes and goes, an application that is copied and then changed, and odd names."""
    return inspection_of(
        [
            Step(
                "COPY rootfs / # buildkit",
                tar_layer(
                    [
                        directory("etc"),
                        Member("etc/os-release", OS_RELEASE),
                        Member("etc/motd", b"m" * 300),
                        directory("usr/bin"),
                        Member("usr/bin/busybox", b"b" * 80_000, mode=0o755),
                        hardlink("usr/bin/sh", "usr/bin/busybox"),
                        symlink("bin", "usr/bin"),
                    ]
                ),
            ),
            Step("ENV PATH=/usr/bin"),
            run(
                "apt-get install -y g++",
                Member("usr/bin/g++", b"g" * 40_000, mode=0o755),
                directory("usr/lib/gcc"),
                Member("usr/lib/gcc/cc1plus", b"c" * 600_000, mode=0o755),
                Member("usr/lib/gcc/lto1", b"l" * 200_000, mode=0o755),
            ),
            Step(
                "COPY app /app # buildkit",
                tar_layer(
                    [
                        directory("app"),
                        Member("app/[bold red]not markup", b"1" * 10),
                        Member("app/line\nbreak\x1b[31m", b"2" * 20),
                        Member("app/数据库.db", b"3" * 50_000, uid=1000, gid=1000),
                    ]
                ),
            ),
            run("echo changed > /etc/motd", directory("etc"), Member("etc/motd", b"n" * 200)),
            run("apt-get purge -y g++", whiteout("usr/bin/g++"), whiteout("usr/lib/gcc")),
        ],
        dockerfile=dockerfile,
    )


PURGED_DOCKERFILE = """\
FROM debian:12
RUN apt-get update && apt-get install -y g++ make
COPY hello.cc /src/hello.cc
RUN g++ -O2 -static -o /usr/local/bin/hello /src/hello.cc && strip --strip-unneeded /usr/local/bin/hello
RUN apt-get purge -y g++ make
RUN rm -rf /var/lib/apt/lists/*
CMD ["/usr/local/bin/hello"]
"""
"""What purged_image() is built by."""


def purged_image(dockerfile: str = PURGED_DOCKERFILE) -> Inspection:
    """Build tools and lists that go too late: 4 MB to gain; tests of Python that are a choice, and the base's locale.

    Of 8 MB the base has 2 MB, 1.7 MB are the compiled program.
    """
    base, tools = ("base-files", "libc6"), ("g++", "make")
    return inspection_of(
        [
            Step(
                "ADD file:1 in / ",
                tar_layer(
                    [
                        Member("etc/os-release", b"ID=debian\n" + OS_RELEASE),
                        Member("usr/lib/libc.so.6", b"c" * 1_600_000),
                        Member("usr/share/locale/de/LC_MESSAGES/x.mo", b"l" * 400_000),
                        *_dpkg(base),
                    ]
                ),
            ),
            Step('CMD ["bash"]'),
            run(
                "apt-get update && apt-get install -y g++ make",
                Member("usr/bin/g++", b"g" * 400_000, mode=0o755),
                Member("usr/bin/make", b"m" * 100_000, mode=0o755),
                Member("usr/lib/gcc/cc1plus", b"1" * 2_500_000, mode=0o755),
                Member("usr/lib/python3.11/test/test_all.py", b"t" * 300_000),
                Member("var/lib/apt/lists/x_Packages", b"p" * 1_000_000),
                *_dpkg((*base, *tools)),
            ),
            Step("COPY hello.cc /src/hello.cc # buildkit", tar_layer([Member("src/hello.cc", b"int main() {}\n")])),
            run(
                "g++ -O2 -static -o /usr/local/bin/hello /src/hello.cc && strip --strip-unneeded /usr/local/bin/hello",
                Member("usr/local/bin/hello", b"h" * 1_700_000, mode=0o755),
            ),
            run(
                "apt-get purge -y g++ make",
                whiteout("usr/bin/g++"),
                whiteout("usr/bin/make"),
                whiteout("usr/lib/gcc"),
                *_dpkg(base),
            ),
            run("rm -rf /var/lib/apt/lists/*", whiteout("var/lib/apt/lists/x_Packages")),
            Step('CMD ["/usr/local/bin/hello"]'),
        ],
        "test:purged",
        dockerfile,
    )


def _dpkg(names: Sequence[str]) -> list[Member]:
    """Debian's database with these packages."""
    status = "".join(
        f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1-1\n\n" for name in names
    )
    return [Member("var/lib/dpkg/status", status.encode())]


def wide_image(files: int, layers: int, packages: int = 0) -> Inspection:
    """Many files in many layers; each layer but the first removes a folder of the one before.

    `packages` are Debian's in the first layer, each of which needs the one before.
    """
    each = files // layers
    steps = []
    for layer in range(layers):
        top = f"usr/lib/package{layer}"
        members = [
            Member(f"{top}/{number // 500:03}/module{number // 50:04}/file{number:06}.py", b"x" * (number % 97))
            for number in range(each)
        ]
        gone = [whiteout(f"usr/lib/package{layer - 1}/000")] if layer else []
        known = [Member("var/lib/dpkg/status", dpkg_status(packages))] if packages and not layer else []
        steps.append(run(f"pip install package{layer}", *members, *gone, *known))
    return inspection_of(steps, "test:wide")


def dpkg_status(packages: int) -> bytes:
    """Debian's list of so many installed packages."""
    return "".join(
        f"Package: name{number}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.{number}-1\n"
        + (f"Depends: name{number - 1}\n" if number else "")
        + "\n"
        for number in range(packages)
    ).encode()
