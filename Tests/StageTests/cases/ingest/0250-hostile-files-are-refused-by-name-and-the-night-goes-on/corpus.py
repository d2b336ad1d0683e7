"""Writes an inbox of one good file and many hostile ones. Usage: corpus.py FOLDER [--small]"""
import gzip, io, os, struct, sys, tarfile, zipfile, zlib

folder = sys.argv[1]
os.makedirs(folder)
HEADER = "subscription,start,seconds\n"
ROWS = (HEADER + "S-1,2026-11-21 10:00:00,60\nS-2,2026-11-21 11:00:00,30\n").encode()


def write(name, data):
    with open(f"{folder}/{name}", "wb") as file:
        file.write(data)


def zipped(members, method=zipfile.ZIP_DEFLATED):
    """A zip of (name or ZipInfo, bytes)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return buffer.getvalue()


def mode(name, value):
    member = zipfile.ZipInfo(name)
    member.create_system, member.external_attr = 3, value << 16
    return member


def tarred(members, form=tarfile.PAX_FORMAT):
    """A tar of (name, kind, link, bytes)."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for name, kind, link, data in members:
            member = tarfile.TarInfo(name)
            member.type, member.linkname, member.size = kind, link, len(data)
            archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


FILE, HARD, SYMBOLIC, DEVICE, BLOCK, FIFO = (
    tarfile.REGTYPE, tarfile.LNKTYPE, tarfile.SYMTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE)
good = [("calls.csv", FILE, "", ROWS)]
write("calls_good.zip", zipped([("calls.csv", ROWS), ("readme.txt", b"x")]))
write("single_good.csv.gz", gzip.compress(ROWS.replace(b"S-", b"T-"), mtime=0))

# Ways out.
write("calls_up.zip", zipped([("calls.csv", ROWS), ("../calls.csv", ROWS)]))
write("calls_up.tar", tarred(good + [("a/../../calls.csv", FILE, "", ROWS)]))
write("calls_absolute.tar", tarred([("/tmp/calls.csv", FILE, "", ROWS)]))
write("calls_windows.zip", zipped([("C:\\calls.csv", ROWS)]))
write("calls_backslash.zip", zipped([("..\\..\\calls.csv", ROWS)]))
write("calls_pairs.tar", tarred([("d", SYMBOLIC, "/tmp", b""), ("d/calls.csv", FILE, "", ROWS)]))
write("calls_hard.tar", tarred(good + [("passwd.csv", HARD, "/etc/passwd", b"")]))
write("calls_link.zip", zipped([(mode("calls.csv", 0o120777), b"/etc/passwd")]))
write("calls_device.tar", tarred([("zero.csv", DEVICE, "", b"")]))
write("calls_block.tar", tarred([("disk.csv", BLOCK, "", b"")]))
write("calls_fifo.tar", tarred([("pipe.csv", FIFO, "", b"")]))
write("calls_fifo.zip", zipped([(mode("pipe.csv", 0o010644), b"")]))
data = bytearray(zipped([("calls.csv.XX.csv", ROWS)]))
write("calls_nul.zip", bytes(data).replace(b"calls.csv.XX.csv", b"calls.csv\0XX.csv"))
write("calls_twice.tar", tarred(good + good))

# Secrets and strangers.
data = bytearray(zipped([("calls.csv", ROWS)]))
data[6] |= 1
data[data.index(b"PK\1\2") + 8] |= 1
write("calls_secret.zip", bytes(data))
header = bytes([0x17, 6, 0, 1, 9, 16, 0, 7, 11, 1, 0, 1, 0x24, 6, 0xF1, 7, 1, 1, 0, 12, 16, 0, 0])
start = struct.pack("<QQI", 16, len(header), zlib.crc32(header))
write("calls_secret.7z", b"7z\xbc\xaf\x27\x1c\0\4" + struct.pack("<I", zlib.crc32(start)) + start + b"Z" * 16 + header)
write("calls_a.rar", b"Rar!\x1a\x07\x01\x00" + ROWS)
write("calls_a.iso", b" " * 32769 + b"CD001" + b" " * 8000)
write("calls_a.cab", b"MSCF\0\0\0\0" + ROWS)
write("calls_a.cpio", b"070707" + b"0" * 70 + ROWS)

# Archives within archives, and what is compressed twice.
inner = zipped([("calls.csv", ROWS)])
write("calls_nested.zip", zipped([("calls.csv", inner)]))
write("calls_nested.tar.gz", gzip.compress(tarred([("calls.csv", FILE, "", inner)]), mtime=0))
write("calls_twice.csv.gz", gzip.compress(gzip.compress(ROWS, mtime=0), mtime=0))
write("single_archive.zip", zipped([("calls.csv", ROWS)]))
deep = ROWS
for depth in range(5):
    deep = zipped([(f"{number}.csv", deep) for number in range(16)])
write("calls_42.zip", deep)

# Bombs.
zeros = HEADER.encode() + b"0" * (12 << 20)
write("calls_bomb.csv.gz", gzip.compress(zeros, mtime=0))
write("calls_bomb.zip", zipped([("calls.csv", zeros)]))
write("calls_bomb.tar.gz", gzip.compress(tarred([("calls.csv", FILE, "", zeros)]), mtime=0))
long = ROWS + b"x" * (5 << 20) + b"\n"
write("calls_many.zip", zipped([(f"{i}.csv", long) for i in range(4)], zipfile.ZIP_STORED))
write("calls_large.zip", zipped([("calls.csv", long + long[len(HEADER):])], zipfile.ZIP_STORED))
write("calls_entries.tar.gz", gzip.compress(tarred([(f"{i}.csv", FILE, "", ROWS) for i in range(1001)]), mtime=0))


def raw_zip(entries, count=None):
    """A zip of stored (name, bytes, offset or None); a million entries take a few seconds to write."""
    body, directory = [], []
    place = 0
    for name, content, offset in entries:
        head = struct.pack("<HHHHHIIIHH", 20, 0, 0, 0, 33, zlib.crc32(content), len(content), len(content), len(name), 0)
        directory.append(b"PK\1\2\x14\x03" + head + struct.pack("<HHHII", 0, 0, 0, 0o100644 << 16,
                                                              place if offset is None else offset) + name)
        body.append(b"PK\3\4" + head + name + content)
        place += len(body[-1])
    directory = b"".join(directory)
    count = len(entries) if count is None else count
    wide = b"PK\6\6" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, count, count, len(directory), place)
    wide += b"PK\6\7" + struct.pack("<IQI", 0, place + len(directory), 1)
    return b"".join(body) + directory + wide + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 65535, 65535, 2**32 - 1, 2**32 - 1, 0)


entries = 2_000 if "--small" in sys.argv else 1_000_000
write("calls_million.zip", raw_zip([(b"%d.csv" % i, b"", None) for i in range(entries)]))
write("calls_overlap.zip", raw_zip([(b"a.csv", ROWS, None), (b"b.csv", ROWS, 0)]))
write("calls_hidden.zip", raw_zip([(b"a.csv", ROWS, None), (b"b.csv", ROWS, None)], count=1))

# Lies about sizes and sums, and ends that are missing.
data = bytearray(zipped([("calls.csv", ROWS)], zipfile.ZIP_STORED))
write("calls_sum.zip", bytes(data).replace(struct.pack("<I", zlib.crc32(ROWS)), b"\1\2\3\4"))
write("calls_size.zip", bytes(data).replace(struct.pack("<I", len(ROWS)), struct.pack("<I", 1 << 30)))
write("calls_cut.zip", zipped([("calls.csv", ROWS)])[:-9])
write("calls_cut.tar", tarred(good)[:1024])
write("calls_cut.csv.gz", gzip.compress(ROWS, mtime=0)[:-9])
write("calls_sum.csv.gz", gzip.compress(ROWS, mtime=0)[:-8] + b"\0" * 8)
write("calls_more.csv.gz", gzip.compress(ROWS, mtime=0) + b"more")

# More rows than can be read in the millisecond that their feed allows.
write("slow_rows.csv", HEADER.encode() + b"S-1,2026-11-21 10:00:00,60\n" * 100_000)
