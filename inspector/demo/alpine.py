"""The packages of an Alpine 3.7 root filesystem, and the C++ runtime of Node.js. Sizes are real bytes."""

from __future__ import annotations

from functools import cache

from inspector.demo.apk import Package
from inspector.demo.archive import Member, directory, symlink
from inspector.demo.generated import generated, spread

LIBC = "so:libc.musl-x86_64.so.1"
"""The dependency that nearly every package has."""

OS_RELEASE = b"""\
NAME="Alpine Linux"
ID=alpine
VERSION_ID=3.7.0
PRETTY_NAME="Alpine Linux v3.7"
HOME_URL="http://alpinelinux.org"
BUG_REPORT_URL="http://bugs.alpinelinux.org"
"""

PROFILE = b"""\
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PAGER=less
umask 022
"""

PASSWD = b"""\
root:x:0:0:root:/root:/bin/ash
bin:x:1:1:bin:/bin:/sbin/nologin
daemon:x:2:2:daemon:/sbin:/sbin/nologin
nobody:x:65534:65534:nobody:/:/sbin/nologin
"""

GROUP = b"""\
root:x:0:root
bin:x:1:root,bin,daemon
daemon:x:2:root,bin,daemon
nobody:x:65534:
"""

REPOSITORIES = b"""\
http://dl-cdn.alpinelinux.org/alpine/v3.7/main
http://dl-cdn.alpinelinux.org/alpine/v3.7/community
"""

APPLETS = {
    "bin": "ash base64 cat chmod chown cp date dd df echo egrep false fgrep grep gunzip gzip hostname kill "
    "ln ls mkdir mktemp more mount mv ping ps pwd rm rmdir sed sleep stat su sync tar touch true uname vi",
    "sbin": "halt ifconfig init ip modprobe poweroff reboot route sysctl",
    "usr/bin": "[ awk basename bunzip2 bzip2 clear cmp cut diff dirname du env expr find free head id "
    "install killall less md5sum nc nohup od printf readlink realpath sha1sum sha256sum sort split strings "
    "tail tee test time top tr tty uniq unzip wc wget which whoami xargs yes",
    "usr/sbin": "addgroup adduser chroot crond delgroup deluser fdformat ntpd",
}
"""Links that `busybox --install` makes; no package owns them."""

WORLD = ("alpine-baselayout", "alpine-keys", "apk-tools", "busybox", "libc-utils")


def applet_links() -> tuple[Member, ...]:
    """A symlink to busybox for every applet."""
    return tuple(
        symlink(f"{folder}/{name}", "/bin/busybox") for folder, names in APPLETS.items() for name in names.split()
    )


@cache
def base_packages() -> tuple[Package, ...]:
    """What the root filesystem is made of, and `libstdc++` with its dependency."""
    return (
        Package(
            "musl",
            "1.1.18-r2",
            "the musl c library (libc) implementation",
            "MIT",
            provides=f"{LIBC}=1",
            files=(
                generated("lib/ld-musl-x86_64.so.1", 584_000, mode=0o755),
                symlink("lib/libc.musl-x86_64.so.1", "ld-musl-x86_64.so.1"),
            ),
        ),
        Package(
            "busybox",
            "1.27.2-r7",
            "Size optimized toolbox of many common UNIX utilities",
            "GPL2",
            depends=LIBC,
            provides="/bin/sh cmd:busybox cmd:sh",
            files=(
                generated("bin/busybox", 797_000, mode=0o755),
                symlink("bin/sh", "/bin/busybox"),
                *spread("etc", "logrotate.d/acpid network/if-up.d/dad securetty udhcpd.conf", 22_000),
            ),
        ),
        _baselayout(),
        Package(
            "alpine-keys",
            "2.1-r1",
            "Public keys for Alpine Linux packages",
            "MIT",
            files=spread(
                "etc/apk/keys",
                "alpine-devel@lists.alpinelinux.org-4a6a0840.rsa.pub "
                "alpine-devel@lists.alpinelinux.org-5243ef4b.rsa.pub "
                "alpine-devel@lists.alpinelinux.org-5261cecb.rsa.pub",
                60_000,
            ),
        ),
        _library("libressl2.6-libcrypto", "2.6.3-r0", "libcrypto", "42.0.0", 1_590_000, "lib", "libressl"),
        _library("libressl2.6-libssl", "2.6.3-r0", "libssl", "44.0.1", 302_000, "lib", "libressl"),
        _library("zlib", "1.2.11-r1", "libz", "1.2.11", 90_000, "lib", "zlib"),
        Package(
            "apk-tools",
            "2.8.2-r0",
            "Alpine Package Keeper - package manager for alpine",
            "GPL2",
            depends=f"{LIBC} so:libcrypto.so.42 so:libssl.so.44 so:libz.so.1",
            provides="cmd:apk",
            files=(generated("sbin/apk", 216_000, mode=0o755),),
        ),
        Package(
            "scanelf",
            "1.2.2-r1",
            "Scan ELF binaries for stuff",
            "GPL2",
            depends=LIBC,
            provides="cmd:scanelf",
            origin="pax-utils",
            files=(generated("usr/bin/scanelf", 80_000, mode=0o755),),
        ),
        Package(
            "musl-utils",
            "1.1.18-r2",
            "the musl c library (libc) implementation",
            "MIT BSD GPL2+",
            depends=f"scanelf {LIBC}",
            provides="cmd:getconf cmd:getent cmd:iconv cmd:ldconfig cmd:ldd",
            origin="musl",
            files=spread("usr/bin", "getconf getent iconv ldd", 96_000, mode=0o755),
        ),
        Package(
            "libc-utils",
            "0.7.1-r0",
            "Meta package to pull in correct libc",
            "BSD",
            depends="musl-utils",
            origin="libc-dev",
        ),
        _library("libgcc", "6.4.0-r5", "libgcc_s", "1", 92_000, "usr/lib", "gcc"),
        _library("libstdc++", "6.4.0-r5", "libstdc++", "6.0.22", 1_220_000, "usr/lib", "gcc", "so:libgcc_s.so.1"),
    )


def _library(
    name: str, version: str, stem: str, number: str, size: int, folder: str, origin: str, depends: str = ""
) -> Package:
    """A package of one shared library, with the link that its soname is unless the file is named so."""
    soname = f"{stem}.so.{number.partition('.')[0]}"
    file = generated(f"{folder}/{stem}.so.{number}", size, mode=0o755)
    link = () if file.path.endswith(f"/{soname}") else (symlink(f"{folder}/{soname}", f"{stem}.so.{number}"),)
    return Package(
        name,
        version,
        f"{stem} shared library",
        depends=f"{LIBC} {depends}".strip(),
        provides=f"so:{soname}={number}",
        origin=origin,
        files=(file, *link),
    )


def _baselayout() -> Package:
    texts = {
        "etc/alpine-release": b"3.7.0\n",
        "etc/apk/repositories": REPOSITORIES,
        "etc/group": GROUP,
        "etc/hostname": b"localhost\n",
        "etc/hosts": b"127.0.0.1\tlocalhost localhost.localdomain\n::1\tlocalhost localhost.localdomain\n",
        "etc/issue": b"Welcome to Alpine Linux 3.7\nKernel \\r on an \\m (\\l)\n\n",
        "etc/os-release": OS_RELEASE,
        "etc/passwd": PASSWD,
        "etc/profile": PROFILE,
        "etc/shells": b"/bin/sh\n/bin/ash\n",
    }
    folders = "dev home media mnt opt proc run srv sys usr/local/bin usr/local/lib usr/share var/cache var/log"
    return Package(
        "alpine-baselayout",
        "3.0.5-r2",
        "Alpine base dir structure and init scripts",
        "GPL2",
        depends="/bin/sh",
        files=(
            *(directory(folder) for folder in folders.split()),
            directory("root", mode=0o700),
            directory("tmp", mode=0o1777),
            directory("var/tmp", mode=0o1777),
            *(Member(path, content) for path, content in texts.items()),
            Member(
                "etc/shadow",
                b"root:::0:::::\nbin:!::0:::::\ndaemon:!::0:::::\nnobody:!::0:::::\n",
                mode=0o640,
            ),
            *spread("etc", "inittab modules protocols services sysctl.conf", 130_000),
        ),
    )
