"""The tar reader, against GNU tar, against Go's archive/tar, and against headers written by hand."""

from __future__ import annotations

import io
import os
import re
import shutil
import stat
import subprocess
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from builders import END, chunked, gnu_long, header, members_in, padded, pax
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.demo.archive import EPOCH
from inspector.errors import BadLayer
from inspector.layers.entries import Kind
from inspector.layers.feed import Feed
from inspector.layers.tar import TarMember, tar_members

GO = "hostile/go-archive-tar"

GNU_TAR = shutil.which("tar")
IS_GNU = GNU_TAR is not None and b"GNU tar" in subprocess.run([GNU_TAR, "--version"], capture_output=True).stdout
needs_gnu_tar = pytest.mark.skipif(not IS_GNU, reason="tar is not GNU tar here")

GO_READ = """
    file-and-dir gnu gnu-incremental gnu-long-nul gnu-multi-hdrs gnu-nil-sparse-data gnu-nil-sparse-hole gnu-not-utf8
    gnu-sparse-big gnu-utf8 hardlink nil-uid pax pax-multi-hdrs pax-nil-sparse-data pax-nil-sparse-hole
    pax-pos-size-file pax-records pax-sparse-big sparse-formats star trailing-slash ustar ustar-file-devs
    ustar-file-reg v7 writer xattrs
"""
READ_AS_GNU_TAR_DOES = [
    "hostile/dup-entries.tar",
    "hostile/deep-2000.tar",
    "hostile/whiteout-first-then-add-same-layer.tar",
    "hostile/multi-member.tar.gz",
    "hostile/200k-entries.tar.gz",
    "layers/scalibr/escape.tar",
    "alpine/alpine-minirootfs-3.20.3-x86_64.tar.gz",
    *(f"{GO}/{name}.tar" for name in GO_READ.split()),
]

REFUSED = {
    f"{GO}/neg-size.tar": "a tar header holds the impossible number -3654355157617695270500273708",
    f"{GO}/issue10968.tar": "a tar header holds the impossible number -3654356075631443313702178348",
    f"{GO}/issue12435.tar": "a tar header holds the impossible number 7118155225890936580669964288",
    f"{GO}/issue11169.tar": "the tar ends 422 bytes too early",
    f"{GO}/pax-bad-hdr-file.tar": "a PAX header holds a malformed record",
    f"{GO}/pax-bad-mtime-file.tar": "a PAX header holds b'999xxx9324.432432444444' as mtime",
    f"{GO}/pax-nul-path.tar": "a PAX header holds a NUL byte in a name",
    f"{GO}/pax-nul-xattrs.tar": "a PAX header holds a NUL byte in a name",
    f"{GO}/pax-bad-hdr-large.tar.bz2": "a tar header of 1048577 bytes is not plausible",
    f"{GO}/writer-big.tar": "the tar ends 17179869184 bytes too early",
    f"{GO}/writer-big-long.tar": "the tar ends 17179869184 bytes too early",
    "hostile/pax-10MiB-record.tar.gz": "a tar header of 10485775 bytes is not plausible",
    "hostile/claims-8EiB.tar": "the tar ends 9223372036854774783 bytes too early",
    # A PAX header with no member after it: Go reads an empty tar, we call it truncated.
    f"{GO}/pax-path-hdr.tar": "the tar ends inside a header",
}
"""What Go refuses too, but for the last."""


def gnu_listing(archive: Path) -> list[str]:
    """GNU tar's own words, a line for each member."""
    options = ["-tv", "--numeric-owner", "--full-time", "--utc", "--quoting-style=escape", "-f", str(archive)]
    listed = subprocess.run(
        ["tar", *options], capture_output=True, check=True, text=True, env={"LC_ALL": "C", "PATH": os.environ["PATH"]}
    )
    lines = (re.sub(r"(:\d\d)\.\d+", r"\1", line, count=1) for line in listed.stdout.splitlines())
    return [" ".join(line.split(maxsplit=5)) for line in lines]


def in_gnu_words(member: TarMember) -> str:
    """A member as `gnu_listing` shows it."""
    mode = "-hldcbp"[member.kind] + stat.filemode(member.mode)[1:]
    size = f"{member.device[0]},{member.device[1]}" if member.device else str(member.size)
    time = datetime.fromtimestamp(member.mtime, UTC).strftime("%Y-%m-%d %H:%M:%S")
    arrow = {Kind.HARDLINK: " link to ", Kind.SYMLINK: " -> "}.get(member.kind, "")
    return f"{mode} {member.uid}/{member.gid} {size} {time} {escaped(member.name)}{arrow}{escaped(member.link)}"


def escaped(name: str) -> str:
    """GNU's `escape` quoting in the C locale: octal for all that is not printable ASCII."""
    named = {92: "\\\\", 10: "\\n", 9: "\\t", 13: "\\r", 7: "\\a", 8: "\\b", 11: "\\v", 12: "\\f"}
    raw = name.encode("utf-8", "surrogateescape")
    return "".join(named.get(b) or (chr(b) if 32 <= b < 127 else f"\\{b:03o}") for b in raw)


def names_in(data: bytes) -> list[str]:
    return [member.name for member in members_in(data)]


def only_member(data: bytes) -> TarMember:
    (member,) = members_in(data + END)
    return member


class TestAgainstGnuTar:
    @needs_gnu_tar
    @pytest.mark.parametrize("name", READ_AS_GNU_TAR_DOES)
    def test_a_real_archive_is_listed_as_gnu_tar_lists_it(self, images: Path, name: str) -> None:
        archive = images / name
        assert [in_gnu_words(member) for member in members_in(archive.read_bytes())] == gnu_listing(archive)

    @needs_gnu_tar
    @pytest.mark.parametrize(
        "options",
        [
            *("v7", "ustar", "oldgnu", "gnu", "pax", "oldgnu --sparse", "gnu --sparse"),
            *(f"pax --sparse --sparse-version={version}" for version in ("0.0", "0.1", "1.0")),
        ],
    )
    def test_what_gnu_tar_writes_in_any_format_is_read_back(self, tmp_path: Path, options: str) -> None:
        form, *sparse = options.split()
        folder = tmp_path / "d"
        folder.mkdir(mode=0o1777)
        (folder / "empty").touch()
        with (folder / "holes").open("wb") as file:
            for _ in range(30):  # more pieces than the four that fit into a GNU header
                file.seek(64 * 1024, os.SEEK_CUR)
                file.write(b"x" * 4096)
        (folder / "link").hardlink_to(folder / "holes")
        (folder / "arrow").symlink_to("to nowhere")
        (folder / "sticky").write_bytes(b"1")
        (folder / "sticky").chmod(0o6755)
        Path(os.fsdecode(bytes(folder) + b"/\xff\xfe")).touch()
        if form not in ("v7", "ustar"):
            (folder / ("n" * 120)).write_bytes(b"a long name")
            (folder / "s").symlink_to("t" * 150)
        if form != "v7":
            os.mkfifo(folder / "pipe", 0o600)
            deep = folder / ("p" * 90)
            deep.mkdir()
            (deep / ("q" * 60)).write_bytes(b"a name in two parts")
        archive = tmp_path / "it.tar"
        command = ["tar", "-c", f"--format={form}", *sparse, "--sort=name", "-f", archive, "-C", tmp_path, "d"]
        subprocess.run(command, check=True)

        listed = [in_gnu_words(member) for member in members_in(archive.read_bytes())]

        assert listed == gnu_listing(archive)
        assert any(re.search(r" 2088960 .* d/(holes|link)$", line) for line in listed)


class TestAgainstGo:
    def test_every_vector_is_expected_here(self, images: Path) -> None:
        there = {f"{GO}/{path.name}" for path in (images / GO).iterdir() if ".tar" in path.name}
        exact = {f"{GO}/{name}.tar" for name in ("hdr-only", "invalid-go17", "pax-global-records")}
        assert there == {name for name in {*READ_AS_GNU_TAR_DOES, *REFUSED, *exact} if name.startswith(GO)}

    @pytest.mark.parametrize(("name", "message"), REFUSED.items())
    def test_a_bad_archive_is_refused_with_the_reason(self, images: Path, name: str, message: str) -> None:
        with pytest.raises(BadLayer) as refused:
            members_in((images / name).read_bytes())
        assert refused.value.message == message

    def test_a_big_file_is_seen_before_its_absent_data_is_missed(self, images: Path) -> None:
        reader = tar_members(Feed([(images / GO / "writer-big-long.tar").read_bytes()]))
        member = next(reader)
        assert (member.name, member.size) == ("longname/" * 15 + "16gig.txt", 16 << 30)

    def test_a_prefix_that_old_go_wrote_into_a_gnu_header_is_part_of_the_path(self, images: Path) -> None:
        (member,) = members_in((images / GO / "invalid-go17.tar").read_bytes())
        assert (member.name, member.uid) == ("a" * 97 + "/foo", 0o10000000)

    def test_times_in_a_gnu_header_are_no_prefix(self) -> None:
        times = b"12570113467\x0012570113446\0"
        assert only_member(header(b"foo", magic=b"ustar  \0", prefix=times)).name == "foo"

    def test_special_files_have_no_data_whatever_their_size_says(self, images: Path) -> None:
        members = members_in((images / GO / "hdr-only.tar").read_bytes())
        names = ["dir/", "fifo", "file", "hardlink", "null", "sda", "symlink", "badlink"]
        assert [member.name for member in members] == names * 2
        assert members[:8] == members[8:]
        assert [member.stored for member in members[:8]] == [0, 0, 46, 0, 0, 0, 0, 0]

    def test_global_headers_count_as_pax_says(self, images: Path) -> None:
        """Go (and so Docker) leaves them out; GNU tar reads an empty value as an empty name. POSIX is clear."""
        members = members_in((images / GO / "pax-global-records.tar").read_bytes())
        assert [(member.name, member.mtime) for member in members] == [
            ("global1", 1_500_000_000),
            ("file2", 1_500_000_000),
            ("file3", 1_500_000_000),
            ("file4", 1_400_000_000),
        ]

    def test_extended_attributes_are_kept_as_bytes(self, images: Path) -> None:
        small, small2 = members_in((images / GO / "xattrs.tar").read_bytes())
        selinux = b"unconfined_u:object_r:default_t:s0\0"
        assert small.xattrs == {"user.key": b"value", "user.key2": b"value2", "security.selinux": selinux}
        assert small2.xattrs == {"security.selinux": selinux}

    def test_sparse_files_have_their_logical_size(self, images: Path) -> None:
        members = members_in((images / GO / "sparse-formats.tar").read_bytes())
        assert [(member.name, member.size, member.stored) for member in members] == [
            ("sparse-gnu", 200, 95),
            ("sparse-posix-0.0", 200, 95),
            ("sparse-posix-0.1", 200, 95),
            ("sparse-posix-1.0", 200, 1119),
            ("end", 4, 4),
        ]

    # Where a tar may end: Go's TestReadTruncation, by members read or the reason for none.
    @pytest.mark.parametrize(
        ("length", "result"),
        [
            (0, 0),
            (511, "the tar ends inside a header"),
            (512, "the tar ends 684 bytes too early"),
            (1195, "the tar ends 1 bytes too early"),
            (1196, 1),  # exactly the data, without its padding
            (1200, 1),
            (1535, 1),
            (1536, 1),  # no end marker
            (2048, 1),  # half an end marker
            (2560, 1),
            (3072, 1),
        ],
    )
    def test_a_tar_may_end_after_a_members_data(self, images: Path, length: int, result: int | str) -> None:
        data = ((images / GO / "ustar-file-reg.tar").read_bytes() + bytes(5120))[:length]
        if isinstance(result, int):
            assert len(members_in(data)) == result
        else:
            with pytest.raises(BadLayer) as refused:
                members_in(data)
            assert refused.value.message == result

    def test_what_follows_the_end_marker_is_left_out(self) -> None:
        assert names_in(header(b"a") + END + header(b"b") + END) == ["a"]
        assert names_in(header(b"a") + END + b"garbage " * 64) == ["a"]


class TestChunks:
    @pytest.mark.parametrize("size", [1, 7, 511, 512, 513, 4096])
    @pytest.mark.parametrize("name", ["sparse-formats", "xattrs", "gnu-multi-hdrs", "pax", "hdr-only", "ustar"])
    def test_how_the_bytes_come_in_pieces_makes_no_difference(self, images: Path, name: str, size: int) -> None:
        data = (images / GO / f"{name}.tar").read_bytes()
        assert list(tar_members(Feed(chunked(data, size)))) == members_in(data)

    @pytest.mark.parametrize("size", [1, 511, 512, 513, 1 << 20])
    def test_a_caller_may_take_a_members_data_or_leave_it(self, size: int) -> None:
        data = b"".join(header(b"%d" % n, size=700) + padded(b"%d" % n * 700) for n in range(6)) + END
        feed = Feed(chunked(data, size))
        taken = [feed.take(700) if int(member.name) % 2 else b"" for member in tar_members(feed)]
        assert taken == [b"", b"1" * 700, b"", b"3" * 700, b"", b"5" * 700]

    def test_a_file_that_can_seek_is_not_read_where_members_are_skipped(self) -> None:
        class Seekable(io.BytesIO):
            bytes_read = 0

            def read(self, size: int | None = -1, /) -> bytes:
                chunk = super().read(size)
                self.bytes_read += len(chunk)
                return chunk

        file = Seekable(header(b"a", size=1 << 20) + bytes(1 << 20) + header(b"b") + END)
        feed = Feed(iter(lambda: file.read(512), b""), jump=lambda count: file.seek(count, os.SEEK_CUR))
        assert [member.name for member in tar_members(feed)] == ["a", "b"]
        assert file.bytes_read == 3 * 512


class TestHeaders:
    @pytest.mark.parametrize(
        ("flag", "kind"),
        [
            (b"0", Kind.FILE),
            (b"\0", Kind.FILE),
            (b"7", Kind.FILE),
            (b"1", Kind.HARDLINK),
            (b"2", Kind.SYMLINK),
            (b"3", Kind.CHAR),
            (b"4", Kind.BLOCK),
            (b"5", Kind.DIRECTORY),
            (b"D", Kind.DIRECTORY),
            (b"6", Kind.FIFO),
            (b"Z", Kind.FILE),  # POSIX: an unknown type is a regular file
        ],
    )
    def test_the_type_flag_says_what_a_member_is(self, flag: bytes, kind: Kind) -> None:
        assert only_member(header(b"x", flag=flag, magic=b"")).kind is kind

    def test_v7_marks_a_directory_by_a_slash_at_the_end(self) -> None:
        assert only_member(header(b"d/", flag=b"\0", magic=b"")).kind is Kind.DIRECTORY
        assert only_member(gnu_long(b"L", b"l" * 150 + b"/") + header(b"l" * 100)).kind is Kind.DIRECTORY

    def test_a_long_name_cut_at_a_slash_in_the_header_is_still_a_file(self) -> None:
        cut = header((b"d" * 9 + b"/") * 10, size=1) + padded(b"x")
        assert only_member(gnu_long(b"L", (b"d" * 9 + b"/") * 11 + b"f") + cut).kind is Kind.FILE
        assert only_member(pax(("path", "d/f")) + cut).kind is Kind.FILE

    def test_a_volume_label_is_no_member(self) -> None:
        assert names_in(header(b"Label", flag=b"V") + header(b"a") + END) == ["a"]

    @pytest.mark.parametrize("magic", [b"ustar\x0000", b"ustar\0\0\0", b"ustar\0  "])
    def test_a_posix_prefix_comes_before_the_name(self, magic: bytes) -> None:
        assert only_member(header(b"name", magic=magic, prefix=b"some/folder")).name == "some/folder/name"

    def test_a_v7_header_has_no_prefix(self) -> None:
        assert only_member(header(b"name", magic=b"", prefix=b"rubbish")).name == "name"

    def test_star_keeps_times_where_posix_has_the_end_of_the_prefix(self) -> None:
        times = b"f" * 131 + b"11213575217 11213575217 "
        assert only_member(header(b"n", prefix=times, extra=(508, b"tar\0"))).name == "f" * 131 + "/n"

    def test_names_that_are_not_utf8_survive(self) -> None:
        name = only_member(header(b"caf\xe9")).name
        assert (name, os.fsencode(name)) == ("caf\udce9", b"caf\xe9")

    @pytest.mark.parametrize(
        ("field", "size"),
        [
            (b"00000001750\0", 1000),
            (b"       1750 ", 1000),
            (b"1750\0\0\0\0\0\0\0\0", 1000),
            (b"\0" * 12, 0),
            (b" " * 12, 0),
            (b"\x80" + (1000).to_bytes(11, "big"), 1000),
        ],
    )
    def test_numbers_come_in_several_spellings(self, field: bytes, size: int) -> None:
        assert only_member(header(size=field) + bytes(1024 if size else 0)).size == size

    @pytest.mark.parametrize(
        "field", [b"0000000175x\0", b"00000000189\0", b"-0000000001\0", b"0o000000017\0", b"0_1\0"]
    )
    def test_what_is_no_octal_number_is_refused(self, field: bytes) -> None:
        with pytest.raises(BadLayer, match=r"^a tar header holds b'.*' where a number belongs$"):
            members_in(header(size=field) + END)

    @pytest.mark.parametrize("number", [-1, 1 << 63])
    def test_an_impossible_size_is_refused(self, number: int) -> None:
        field = (number % (1 << 96) | 1 << 95).to_bytes(12, "big")
        with pytest.raises(BadLayer, match=f"^a tar header holds the impossible number {number}$"):
            members_in(header(size=field) + END)

    def test_times_before_1970_are_negative(self) -> None:
        field = (-86400 % (1 << 96)).to_bytes(12, "big")
        assert only_member(header(mtime=field)).mtime == -86400

    @pytest.mark.parametrize("record", [False, True])
    def test_sizes_beyond_8_gib_are_read(self, record: bool) -> None:
        """Octal digits end at 8 GiB - 1: base-256 and PAX go on."""
        size = 20_000_000_000_000
        data = (
            pax(("size", str(size))) + header()
            if record
            else header(size=b"\x80" + size.to_bytes(11, "big"), magic=b"ustar  \0")
        )
        assert next(tar_members(Feed([data]))).size == size

    def test_checksums_of_signed_and_of_unsigned_bytes_are_accepted(self) -> None:
        block = header(b"\xe9t\xe9")
        signed = sum(b - 256 if b > 127 else b for b in block[:148] + block[156:]) + 8 * 32
        assert only_member(header(b"\xe9t\xe9", checksum=b"%06o\0 " % signed)).name == "\udce9t\udce9"
        assert only_member(block).name == "\udce9t\udce9"

    @pytest.mark.parametrize("checksum", [b"000000\0 ", b"rubbish!", b"007777\0 "])
    def test_a_wrong_checksum_is_refused_with_its_place(self, checksum: bytes) -> None:
        with pytest.raises(BadLayer) as refused:
            members_in(header(b"a") + header(b"b", checksum=checksum) + END)
        assert refused.value.message == "no tar header at byte 512"

    def test_text_is_no_tar(self) -> None:
        with pytest.raises(BadLayer) as refused:
            members_in(b"#!/bin/sh\n" * 100)
        assert refused.value.message == "no tar header at byte 0"
        assert refused.value.hint == "this is not a tar archive, or it is damaged"


class TestLongNamesAndPax:
    def test_gnu_long_names_and_links_belong_to_the_next_member_only(self) -> None:
        long_name, long_link = b"n" * 200, b"l" * 300
        data = gnu_long(b"K", long_link) + gnu_long(b"L", long_name) + header(b"cut", flag=b"2", link=b"cut")
        first, second = members_in(data + header(b"next", flag=b"2", link=b"there") + END)
        assert (first.name, first.link) == ("n" * 200, "l" * 300)
        assert (second.name, second.link) == ("next", "there")

    def test_pax_records_stand_in_for_the_header(self) -> None:
        records = pax(("path", "täglich"), ("uid", "3000000"), ("gid", "4000000"), ("mtime", "1234567890.987"))
        member = only_member(records + header(b"daily", size=3) + padded(b"abc"))
        assert (member.name, member.uid, member.gid, member.mtime) == ("täglich", 3_000_000, 4_000_000, 1_234_567_890)

    def test_a_members_own_records_come_before_global_ones_and_those_before_the_header(self) -> None:
        data = (
            pax(("mtime", "100"), ("uid", "7"), flag=b"g")
            + header(b"a")
            + pax(("mtime", "200"))
            + header(b"b")
            + pax(("mtime", ""))  # empty: back to the header
            + header(b"c", mtime=b"00000000454\0")
            + pax(("uid", "8"), flag=b"g")
            + header(b"d")
            + END
        )
        found = [(member.name, member.mtime, member.uid) for member in members_in(data)]
        assert found == [("a", 100, 7), ("b", 200, 7), ("c", 300, 7), ("d", 100, 8)]

    def test_of_two_pax_headers_the_later_counts(self) -> None:
        """As in Go and GNU tar: the second takes the place of the first, it does not add to it."""
        member = only_member(pax(("path", "one"), ("uid", "5")) + pax(("path", "two")) + header(b"f"))
        assert (member.name, member.uid) == ("two", 0)

    def test_gnu_names_come_before_pax_paths_as_in_go(self) -> None:
        assert only_member(gnu_long(b"L", b"gnu") + pax(("path", "pax")) + header()).name == "gnu"

    def test_a_record_may_hold_new_lines_and_equal_signs(self) -> None:
        assert only_member(pax(("path", "a\nb=c")) + header()).name == "a\nb=c"

    @pytest.mark.parametrize(("text", "seconds"), [("1.9", 1), ("-1", -1), ("-1.0", -1), ("-1.5", -2), ("-0.5", -1)])
    def test_fractions_of_a_second_are_rounded_down(self, text: str, seconds: int) -> None:
        assert only_member(pax(("mtime", text)) + header()).mtime == seconds

    def test_extended_attributes_come_in_two_spellings(self) -> None:
        records = pax(("SCHILY.xattr.user.a", b"\0\xff"), ("LIBARCHIVE.xattr.user.b", "AP8"), ("comment", "none"))
        assert only_member(records + header()).xattrs == {"user.a": b"\0\xff", "user.b": b"\0\xff"}

    @pytest.mark.parametrize("value", ["A", "AAAAA"])
    def test_an_attribute_that_is_no_base64_is_left_out(self, value: str) -> None:
        member = only_member(pax(("LIBARCHIVE.xattr.user.x", value), ("SCHILY.xattr.user.a", "b")) + header())
        assert member.xattrs == {"user.a": b"b"}

    def test_zeros_in_front_of_a_number_mean_nothing_however_many_they_are(self) -> None:
        zeros = "0" * 5000
        member = only_member(pax(("uid", zeros), ("gid", f"{zeros}7"), ("mtime", f"-{zeros}8.5")) + header())
        assert (member.uid, member.gid, member.mtime) == (0, 7, -9)

    def test_a_stray_long_link_makes_no_link_of_a_file(self) -> None:
        assert only_member(gnu_long(b"K", b"target") + header(b"f")).link == ""
        assert only_member(pax(("linkpath", "target")) + header(b"f")).link == ""

    def test_a_pax_size_does_not_give_a_link_data(self) -> None:
        assert names_in(pax(("size", "512")) + header(b"l", flag=b"1", link=b"f") + header(b"f") + END) == ["l", "f"]

    @pytest.mark.parametrize(
        "data",
        [
            b"13 path=abc\n",  # too long
            b"10 path=abc\n",  # too short
            b"12 pathxabc\n",  # no equal sign
            b"7 =abc\n",  # no key
            b"x path=abc\n",
            b"-1 path=abc\n",
            b"99999999999999999999999 path=abc\n",
            b"path=abc\n",
        ],
    )
    def test_a_malformed_record_is_refused(self, data: bytes) -> None:
        with pytest.raises(BadLayer, match=r"^a PAX header holds a malformed record$"):
            members_in(header(b"pax", size=len(data), flag=b"x") + padded(data) + header() + END)

    @pytest.mark.parametrize(
        ("key", "value"),
        [("uid", "-1"), ("gid", "x"), ("size", "1e3"), ("size", "9" * 5000), ("mtime", "1.x"), ("mtime", "soon")],
    )
    def test_a_record_that_is_no_number_is_refused(self, key: str, value: str) -> None:
        with pytest.raises(BadLayer, match=rf"^a PAX header holds b'.{{1,40}}' as {key}$"):
            members_in(pax((key, value)) + header() + END)

    def test_a_header_without_its_member_is_a_truncated_tar(self) -> None:
        for extra in (pax(("path", "p")), gnu_long(b"L", b"n" * 200), gnu_long(b"K", b"n" * 200)):
            with pytest.raises(BadLayer, match=r"^the tar ends inside a header$"):
                members_in(extra)


names = st.text(st.characters(codec="utf-8", exclude_characters="\0/"), min_size=1, max_size=60)
paths = st.lists(names, min_size=1, max_size=5).map("/".join).filter(lambda path: len(path.encode()) < 250)


@settings(deadline=None)
@given(
    st.lists(st.tuples(paths, st.binary(max_size=600), st.integers(0, 0o7777), st.integers(0, 2_000_000)), max_size=5),
    st.sampled_from([tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]),
)
def test_whatever_the_standard_library_writes_is_read_back(files: list[tuple[str, bytes, int, int]], form: int) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as tar:
        for path, content, mode, uid in files:
            info = tarfile.TarInfo(path)
            info.size, info.mode, info.uid, info.mtime = len(content), mode, uid, EPOCH
            tar.addfile(info, io.BytesIO(content))
    feed = Feed([buffer.getvalue()])
    read = [(m.name, feed.take(m.stored), m.mode, m.uid) for m in tar_members(feed) if m.mtime == EPOCH]
    assert read == files


def test_a_path_too_long_for_any_filesystem_is_refused() -> None:
    assert members_in(pax(("path", "a/" * 8000 + "b")) + header() + END)[0].name.endswith("a/b")
    with pytest.raises(BadLayer, match="a path of 20001 characters is not plausible"):
        members_in(pax(("path", "a/" * 10_000 + "b")) + header() + END)
