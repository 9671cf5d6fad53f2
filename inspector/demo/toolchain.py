"""The packages behind `apk add make g++ python3` on Alpine 3.7. Sizes are real bytes."""

from __future__ import annotations

from functools import cache

from inspector.demo.alpine import LIBC
from inspector.demo.apk import Package
from inspector.demo.archive import Member, hardlink, symlink
from inspector.demo.generated import generated, spread

TRIPLET = "x86_64-alpine-linux-musl"
GCC = f"usr/lib/gcc/{TRIPLET}/6.4.0"
COMPILERS = f"usr/libexec/gcc/{TRIPLET}/6.4.0"
CXX_HEADERS = "usr/include/c++/6.4.0"

CXX_NAMES = """
    algorithm array atomic bitset cassert ccomplex cctype cerrno cfenv cfloat chrono cinttypes climits clocale
    cmath codecvt complex condition_variable csetjmp csignal cstdarg cstddef cstdint cstdio cstdlib cstring
    ctgmath ctime cwchar cwctype deque exception forward_list fstream functional future initializer_list
    iomanip ios iosfwd iostream istream iterator limits list locale map memory mutex new numeric ostream queue
    random ratio regex set shared_mutex sstream stack stdexcept streambuf string string_view system_error
    thread tuple type_traits typeindex typeinfo unordered_map unordered_set utility valarray vector
    backward/auto_ptr.h backward/binders.h backward/hash_map backward/hash_set backward/strstream
    bits/algorithmfwd.h bits/alloc_traits.h bits/allocator.h bits/atomic_base.h bits/basic_ios.h
    bits/basic_string.h bits/char_traits.h bits/codecvt.h bits/concept_check.h bits/deque.tcc
    bits/forward_list.h bits/functexcept.h bits/gslice.h bits/hashtable.h bits/ios_base.h bits/list.tcc
    bits/locale_facets.h bits/move.h bits/nested_exception.h bits/ostream.tcc bits/ptr_traits.h bits/random.h
    bits/regex.h bits/regex_automaton.h bits/shared_ptr.h bits/sstream.tcc bits/stl_algo.h bits/stl_map.h
    bits/stl_set.h bits/stl_tree.h bits/stl_vector.h bits/unique_ptr.h bits/unordered_map.h
    bits/valarray_array.h bits/vector.tcc debug/array debug/bitset debug/deque debug/formatter.h
    debug/functions.h debug/list debug/map debug/macros.h debug/safe_base.h debug/safe_iterator.h debug/set
    debug/string debug/unordered_map debug/vector experimental/algorithm experimental/any experimental/chrono
    experimental/filesystem experimental/optional experimental/string_view ext/algorithm ext/atomicity.h
    ext/bitmap_allocator.h ext/codecvt_specializations.h ext/hash_map ext/malloc_allocator.h ext/numeric
    ext/rope ext/slist ext/vstring.h parallel/algo.h parallel/base.h parallel/compiletime_settings.h
    parallel/find.h parallel/for_each.h parallel/multiway_merge.h parallel/sort.h profile/array profile/deque
    profile/list profile/map profile/set profile/vector tr1/array tr1/cmath tr1/functional tr1/hashtable.h
    tr1/random.h tr1/regex tr1/tuple tr1/unordered_map tr2/bool_set tr2/dynamic_bitset tr2/type_traits
"""

C_NAMES = """
    aio.h alloca.h arpa/inet.h assert.h byteswap.h complex.h crypt.h ctype.h dirent.h dlfcn.h elf.h endian.h
    errno.h fcntl.h fenv.h float.h fnmatch.h getopt.h glob.h grp.h iconv.h ifaddrs.h inttypes.h langinfo.h
    libgen.h limits.h link.h locale.h malloc.h math.h mqueue.h net/if.h netdb.h netinet/in.h netinet/tcp.h
    nl_types.h poll.h pthread.h pty.h pwd.h regex.h resolv.h sched.h search.h semaphore.h setjmp.h signal.h
    spawn.h stdarg.h stdbool.h stddef.h stdint.h stdio.h stdlib.h string.h strings.h sys/epoll.h sys/eventfd.h
    sys/inotify.h sys/ioctl.h sys/mman.h sys/mount.h sys/param.h sys/poll.h sys/resource.h sys/select.h
    sys/sendfile.h sys/socket.h sys/stat.h sys/statfs.h sys/syscall.h sys/time.h sys/types.h sys/uio.h
    sys/un.h sys/utsname.h sys/wait.h syslog.h termios.h time.h ucontext.h unistd.h utime.h wchar.h wctype.h
"""

PYTHON_NAMES = """
    abc.py argparse.py ast.py asyncio/__init__.py asyncio/base_events.py asyncio/events.py asyncio/streams.py
    asyncio/tasks.py base64.py bisect.py calendar.py cmd.py codecs.py collections/__init__.py
    collections/abc.py concurrent/futures/process.py concurrent/futures/thread.py configparser.py
    contextlib.py copy.py csv.py ctypes/__init__.py ctypes/util.py datetime.py decimal.py difflib.py dis.py
    distutils/ccompiler.py distutils/core.py distutils/unixccompiler.py doctest.py email/message.py
    email/parser.py email/policy.py encodings/ascii.py encodings/cp1252.py encodings/latin_1.py
    encodings/utf_8.py enum.py functools.py genericpath.py glob.py gzip.py hashlib.py heapq.py
    html/entities.py html/parser.py http/client.py http/cookiejar.py http/server.py idlelib/editor.py
    idlelib/pyshell.py importlib/_bootstrap.py importlib/util.py inspect.py io.py ipaddress.py json/decoder.py
    json/encoder.py lib2to3/pygram.py lib2to3/refactor.py locale.py logging/__init__.py logging/config.py
    mailbox.py multiprocessing/connection.py multiprocessing/pool.py optparse.py os.py pathlib.py pdb.py
    pickle.py pickletools.py platform.py pydoc.py pydoc_data/topics.py queue.py random.py re.py shutil.py
    smtplib.py socket.py sqlite3/dbapi2.py sre_compile.py ssl.py stat.py string.py subprocess.py tarfile.py
    tempfile.py threading.py tkinter/__init__.py tkinter/ttk.py tokenize.py turtle.py types.py typing.py
    unicodedata.cpython-36m-x86_64-linux-gnu.so unittest/case.py unittest/mock.py urllib/parse.py
    urllib/request.py uuid.py venv/__init__.py weakref.py xml/dom/minidom.py xml/etree/ElementTree.py
    zipfile.py
"""


@cache
def toolchain_packages() -> tuple[Package, ...]:
    """The build tools and what only they need."""
    return (
        Package(
            "make",
            "4.2.1-r0",
            "GNU make utility to maintain groups of programs",
            "GPL3+",
            depends=LIBC,
            provides="cmd:make",
            files=(
                generated("usr/bin/make", 212_000, mode=0o755),
                generated("usr/include/gnumake.h", 2_800),
            ),
        ),
        _libraries("binutils-libs", "2.28-r3", "libbfd-2.28 libopcodes-2.28", 2_200_000, "binutils"),
        _binutils(),
        _libraries("gmp", "6.1.2-r1", "libgmp", 410_000, number="10"),
        _libraries("isl", "0.18-r0", "libisl", 1_520_000, number="15", depends="so:libgmp.so.10"),
        _libraries("libgomp", "6.4.0-r5", "libgomp", 166_000, "gcc"),
        _libraries("libatomic", "6.4.0-r5", "libatomic", 27_000, "gcc"),
        _libraries("mpfr3", "3.1.5-r1", "libmpfr", 385_000, number="4", depends="so:libgmp.so.10"),
        _libraries("mpc1", "1.0.3-r1", "libmpc", 92_000, number="3", depends="so:libgmp.so.10 so:libmpfr.so.4"),
        _gcc(),
        Package(
            "musl-dev",
            "1.1.18-r2",
            "the musl c library (libc) implementation (development files)",
            "MIT",
            depends="musl",
            origin="musl",
            files=(
                *spread("usr/include", C_NAMES, 1_050_000),
                *spread("usr/lib", "Scrt1.o crt1.o crti.o crtn.o rcrt1.o", 12_000),
                *spread("usr/lib", "libc.a libm.a libpthread.a libcrypt.a libdl.a librt.a", 7_100_000),
                symlink("usr/lib/libc.so", "../../lib/ld-musl-x86_64.so.1"),
            ),
        ),
        Package(
            "libc-dev",
            "0.7.1-r0",
            "Meta package to pull in correct libc",
            "BSD",
            depends="musl-dev",
        ),
        _gxx(),
        _libraries("libbz2", "1.0.6-r6", "libbz2", 71_000, "bzip2"),
        _libraries("expat", "2.2.5-r0", "libexpat", 174_000),
        _libraries("libffi", "3.2.1-r4", "libffi", 31_000, number="6"),
        _libraries("gdbm", "1.13-r1", "libgdbm", 197_000, number="4"),
        _libraries("xz-libs", "5.2.3-r1", "liblzma", 145_000, "xz", number="5"),
        Package(
            "ncurses-terminfo-base",
            "6.0_p20171125-r0",
            "Descriptions of common terminals",
            "MIT",
            origin="ncurses",
            files=spread("etc/terminfo", "a/ansi l/linux s/screen v/vt100 x/xterm x/xterm-256color", 42_000),
        ),
        _libraries(
            "ncurses-libs",
            "6.0_p20171125-r0",
            "libncursesw libpanelw libformw libmenuw",
            560_000,
            "ncurses",
            number="6",
            depends="ncurses-terminfo-base",
        ),
        _libraries("readline", "7.0.003-r0", "libreadline", 290_000, number="7", depends="so:libncursesw.so.6"),
        _libraries("sqlite-libs", "3.21.0-r0", "libsqlite3", 870_000, "sqlite", number="0"),
        _python(),
    )


def _libraries(
    name: str, version: str, stems: str, size: int, origin: str = "", number: str = "1", depends: str = ""
) -> Package:
    """A package of shared libraries that share `size` and a major version."""
    sonames = " ".join(f"{stem}.so.{number}" for stem in stems.split())
    return Package(
        name,
        version,
        f"{name} shared libraries",
        depends=f"{LIBC} {depends}".strip(),
        provides=" ".join(f"so:{soname}={number}" for soname in sonames.split()),
        origin=origin,
        files=spread("usr/lib", sonames, size, mode=0o755),
    )


def _binutils() -> Package:
    names = "addr2line ar as c++filt dwp elfedit gprof ld.bfd nm objcopy objdump ranlib readelf size strip"
    plain = f"usr/{TRIPLET}/bin"
    return Package(
        "binutils",
        "2.28-r3",
        "Tools necessary to build programs",
        "GPL2 GPL3+ LGPL2 BSD",
        depends=f"binutils-libs {LIBC}",
        provides=" ".join(f"cmd:{name}" for name in ("ld", *names.split())),
        files=(
            *spread("usr/bin", names, 5_900_000, mode=0o755),
            symlink("usr/bin/ld", "ld.bfd"),
            *(symlink(f"{plain}/{name}", f"../../bin/{name}") for name in ("ar", "as", "nm", "ranlib", "strip")),
            *spread(f"usr/{TRIPLET}/lib/ldscripts", "elf_x86_64.x elf_x86_64.xn elf_x86_64.xs", 340_000),
        ),
    )


def _gcc() -> Package:
    headers = "avxintrin.h cpuid.h emmintrin.h float.h immintrin.h limits.h omp.h stdarg.h stddef.h stdint.h"
    return Package(
        "gcc",
        "6.4.0-r5",
        "The GNU Compiler Collection",
        "GPL LGPL",
        depends="binutils isl libatomic libgcc libgomp so:libgmp.so.10 so:libmpc.so.3 so:libmpfr.so.4 so:libz.so.1",
        provides="cmd:cc cmd:cpp cmd:gcc cmd:gcc-ar cmd:gcov",
        files=(
            *_linked_program("cpp", f"{TRIPLET}-cpp", 880_000),
            *_linked_program("gcc", f"{TRIPLET}-gcc", 880_000),
            symlink("usr/bin/cc", "gcc"),
            *spread("usr/bin", "gcc-ar gcc-nm gcc-ranlib gcov gcov-tool", 1_300_000, mode=0o755),
            *spread(COMPILERS, "cc1 lto1", 41_540_000, mode=0o755),
            *spread(COMPILERS, "collect2 liblto_plugin.so.0.0.0 lto-wrapper", 1_900_000, mode=0o755),
            *spread(GCC, "crtbegin.o crtend.o libgcc.a libgcc_eh.a libgcov.a", 4_700_000),
            *spread(f"{GCC}/include", headers, 900_000),
            *spread(f"{GCC}/plugin/include", "gimple.h rtl.h target.h tree.h tree-pass.h", 3_100_000),
        ),
    )


def _gxx() -> Package:
    return Package(
        "g++",
        "6.4.0-r5",
        "GNU C++ standard library and compiler",
        "GPL LGPL",
        depends=f"gcc libc-dev libstdc++ {LIBC} so:libgmp.so.10 so:libmpc.so.3 so:libmpfr.so.4",
        provides="cmd:c++ cmd:g++",
        origin="gcc",
        files=(
            *_linked_program("c++", "g++", 890_000),
            generated(f"{COMPILERS}/cc1plus", 21_900_000, mode=0o755),
            *spread("usr/lib", "libstdc++.a libsupc++.a libstdc++fs.a", 4_900_000),
            symlink("usr/lib/libstdc++.so", "libstdc++.so.6.0.22"),
            *spread(CXX_HEADERS, CXX_NAMES, 6_800_000),
            *spread(f"{CXX_HEADERS}/{TRIPLET}/bits", "c++config.h gthr.h os_defines.h stdc++.h", 260_000),
        ),
    )


def _python() -> Package:
    return Package(
        "python3",
        "3.6.3-r9",
        "A high-level scripting language",
        "custom",
        depends=f"{LIBC} so:libbz2.so.1 so:libcrypto.so.42 so:libexpat.so.1 so:libffi.so.6 so:libgdbm.so.4 "
        "so:liblzma.so.5 so:libncursesw.so.6 so:libreadline.so.7 so:libsqlite3.so.0 so:libz.so.1",
        provides="so:libpython3.6m.so.1.0=1.0 cmd:pip3 cmd:python3 cmd:python3.6",
        files=(
            *_linked_program("python3.6", "python3.6m", 6_400),
            symlink("usr/bin/python3", "python3.6"),
            *spread("usr/bin", "2to3-3.6 pip3 pydoc3.6", 800, mode=0o755),
            generated("usr/lib/libpython3.6m.so.1.0", 2_900_000, mode=0o755),
            *spread("usr/lib/python3.6", PYTHON_NAMES, 15_800_000),
            *spread("usr/lib/python3.6/site-packages/pip", "__init__.py basecommand.py index.py req.py", 1_700_000),
        ),
    )


def _linked_program(name: str, other: str, size: int) -> tuple[Member, Member]:
    """One program under two names; `name` sorts first, as the file must stand before its link in a tar."""
    program = generated(f"usr/bin/{name}", size, mode=0o755)
    return program, hardlink(f"usr/bin/{other}", program.path, mode=0o755)
