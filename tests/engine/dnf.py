"""A real dnf, of Debian's package, with a repository of its own: rpm packages go in and out where no mirror of an rpm
distribution is reached.

`gcc` in the repository is a script that gives out a program compiled before, linked to a library of another package,
so that removing the compiler must leave that.
"""

from __future__ import annotations

import platform
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from .alpine import GCC
from .apk import serving
from .machine import cache_directory, distribution_sources, keep, recipe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .engine import Engine

DNF_TAG = "leaninspect/dnf"

ANSWER = b"int answer(void) { return 42; }\n"
APP = b'#include <stdio.h>\nint answer(void);\nint main(void) { printf("%d\\n", answer()); return 0; }\n'

MAKE = rb"""set -e
mkdir /files && cd /files
gcc -shared -fPIC -Wl,-soname,libanswer.so.1 -o libanswer.so.1 /src/answer.c
gcc -o compiled /src/app.c ./libanswer.so.1
head -c 5000000 /dev/urandom > cc1
package() {  # name, version, what it requires, what it provides, then TARGET=FILE ...
    { printf 'Name: %s\nVersion: %s\nRelease: 1\nSummary: x\nLicense: MIT\nAutoReqProv: no\n' "$1" "$2"
      if [ -n "$3" ]; then echo "Requires: $3"; fi
      if [ -n "$4" ]; then echo "Provides: $4"; fi
      printf '%%description\nx\n%%install\n'; for each in "${@:5}"; do
          echo "install -D -m 755 ${each#*=} %{buildroot}${each%%=*}"; done
      printf '%%files\n'; for each in "${@:5}"; do echo "${each%%=*}"; done; } > "$1.spec"
    rpmbuild --quiet --define '_rpmdir /repository' --define '__os_install_post %{nil}' \
        --define 'debug_package %{nil}' -bb "$1.spec"
}
package gcc 14.2 binutils '' /usr/bin/gcc=/src/gcc /usr/libexec/gcc/compiled=/files/compiled \
    /usr/libexec/gcc/cc1=/files/cc1
package binutils 2.43 '' '' /usr/bin/ld.bfd=/files/cc1
package answer-libs 1.0 '' 'libanswer.so.1()(64bit)' /usr/lib/libanswer.so.1=/files/libanswer.so.1
package answer-devel 1.0 answer-libs '' /usr/include/answer.h=/src/answer.c
package less 668 '' '' /usr/bin/less=/src/gcc
createrepo_c --quiet /repository
"""

INSTALL = "apt-get update && apt-get install -y --no-install-recommends"

REPOSITORY = f"FROM BASE\nRUN {INSTALL} gcc libc6-dev rpm createrepo-c\nCOPY . /src/\nRUN bash /src/make.sh\n"

ROOT = (
    f"FROM BASE\nRUN {INSTALL} dnf && apt-get clean && rm -rf /var/lib/apt/lists/* \\\n"
    # Debian's own place is root's home
    " && mkdir -p /etc/rpm /etc/yum.repos.d && echo '%_dbpath /var/lib/rpm' > /etc/rpm/macros\n"
)


@contextmanager
def running_dnf(engine: Engine, slim: str) -> Iterator[str]:
    """The tag of an image with dnf upon the slim base, as long as its repository is served."""
    made = _made(engine, slim)
    with serving(made / "repository") as address:
        engine.docker("import", str(made / "root.tar"), f"{DNF_TAG}-root")
        section = f"[own]\\nname=own\\nbaseurl={address}\\ngpgcheck=0\\n"
        text = f"FROM {DNF_TAG}-root\nRUN printf '{section}' > /etc/yum.repos.d/own.repo\nCMD [\"/bin/sh\"]\n"
        engine.build(DNF_TAG, text, buildkit=False)
        yield DNF_TAG


def _made(engine: Engine, slim: str) -> Path:
    """A folder with the root file system (`root.tar`) and the `repository`, from the cache or made now."""
    made_of = recipe(distribution_sources()[0], MAKE, GCC, ROOT, REPOSITORY, ANSWER, APP)
    folder = cache_directory() / f"dnf-{platform.machine()}-{made_of}"
    if folder.exists():
        return folder
    files = {"make.sh": MAKE, "answer.c": ANSWER, "app.c": APP, "gcc": GCC}
    engine.build(f"{DNF_TAG}-made", REPOSITORY.replace("BASE", slim), files, buildkit=False)
    engine.build(f"{DNF_TAG}-made-root", ROOT.replace("BASE", slim), buildkit=False)
    with tempfile.TemporaryDirectory(dir=folder.parent) as directory:
        unfinished = Path(directory) / "made"
        unfinished.mkdir()
        with engine.container(f"{DNF_TAG}-made") as identity:
            engine.docker("cp", f"{identity}:/repository", str(unfinished / "repository"))
        with engine.container(f"{DNF_TAG}-made-root") as identity:
            engine.docker("export", "--output", str(unfinished / "root.tar"), identity)
        keep(unfinished, folder)
    return folder
