"""Writes codec_tables.cpp: what each byte sequence means in every table-driven codec of Python.

Run by the build (codec_tables.py OUTPUT.cpp). The codecs of the Python that runs this are asked about every
sequence, so the tables cannot disagree with them; they have not changed between the supported versions, which
a test checks against each interpreter.

A codec is a tree: a node covers the byte values lo..hi, a cell is a code point, a child node, a wide entry
(beyond the BMP, or two code points), or invalid. Equal rows of cells are stored once.
"""

import codecs
import sys

SINGLE = """ascii charmap cp037 cp1006 cp1026 cp1125 cp1140 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256
    cp1257 cp1258 cp273 cp424 cp437 cp500 cp720 cp737 cp775 cp850 cp852 cp855 cp856 cp857 cp858 cp860 cp861 cp862
    cp863 cp864 cp865 cp866 cp869 cp874 cp875 hp_roman8 iso8859_1 iso8859_10 iso8859_11 iso8859_13 iso8859_14
    iso8859_15 iso8859_16 iso8859_2 iso8859_3 iso8859_4 iso8859_5 iso8859_6 iso8859_7 iso8859_8 iso8859_9 koi8_r
    koi8_t koi8_u kz1048 latin_1 mac_arabic mac_croatian mac_cyrillic mac_farsi mac_greek mac_iceland mac_latin2
    mac_roman mac_romanian mac_turkish palmos ptcp154 tis_620""".split()
MULTI = """big5 big5hkscs cp932 cp949 cp950 euc_jis_2004 euc_jisx0213 euc_jp euc_kr gb18030 gb2312 gbk johab
    shift_jis shift_jis_2004 shift_jisx0213""".split()

INVALID = 0xFFFF
CHILD = 0xD800   # + index of a node of the same codec, up to 0xD8FF
WIDE = 0xD900    # + index of a wide entry of the same codec, up to 0xDFFF


class Tables:
    def __init__(self):
        self.cells, self.rows, self.nodes, self.wide, self.codecs = [], {}, [], [], []

    def row(self, cells):
        """Where these cells are stored, with the invalid ones at both ends cut off."""
        used = [i for i, cell in enumerate(cells) if cell != INVALID]
        low, high = used[0], used[-1]
        key = tuple(cells[low:high + 1])
        if key not in self.rows:
            self.rows[key] = len(self.cells)
            self.cells.extend(key)
        return low, high, self.rows[key]


def decoded(name, data):
    """The text of exactly this sequence, None if it is invalid, "" if more bytes are needed."""
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        more = "incomplete" in error.reason and error.start == 0
        return "" if more else None


def algorithmic(name, data):
    """Sequences that a formula covers; see codec.cpp."""
    return (name == "gb18030" and len(data) == 2 and 0x30 <= data[1] <= 0x39) or \
        (name == "euc_kr" and data == b"\xa4\xd4")


def add_codec(tables, name):
    nodes, wide = [], []

    def node(prefix):
        """The index of the node after these bytes, None if nothing can follow them."""
        cells = []
        for byte in range(256):
            data = prefix + bytes([byte])
            text = None if algorithmic(name, data) else decoded(name, data)
            cell = INVALID
            if text == "":
                index = node(data)
                if index is not None:
                    cell = CHILD + index
                    assert cell < WIDE, (name, data)
            elif text is not None and (len(text) > 1 or ord(text) > 0xFFFF):
                assert len(text) <= 2
                points = ([ord(c) for c in text] + [0])[:2]
                if points not in wide:
                    wide.append(points)
                cell = WIDE + wide.index(points)
                assert cell < 0xE000, (name, data)
            elif text is not None:
                cell = ord(text)
            cells.append(cell)
        if all(cell == INVALID for cell in cells):
            return None
        nodes.append(tables.row(cells))
        return len(nodes) - 1

    root = 0
    if name == "charmap":  # without a mapping it is latin-1
        nodes.append(tables.row(list(range(256))))
    else:
        root = node(b"")
    tables.codecs.append((name, len(tables.nodes), len(tables.nodes) + root, len(tables.wide)))
    tables.nodes.extend(nodes)
    tables.wide.extend(wide)


def gb18030_ranges():
    """Runs of consecutive code points in the four-byte area of the BMP: (linear, code point, length)."""
    runs = []
    for linear in range(39420):
        data = bytes([0x81 + linear // 12600, 0x30 + linear // 1260 % 10, 0x81 + linear // 10 % 126,
                      0x30 + linear % 10])
        text = decoded("gb18030", data)
        if not text:
            continue
        point = ord(text)
        if runs and runs[-1][0] + runs[-1][2] == linear and runs[-1][1] + runs[-1][2] == point:
            runs[-1][2] += 1
        else:
            runs.append([linear, point, 1])
    return runs


def hangul(position, first):
    """The jamo bytes that a composed EUC-KR syllable accepts at a position, in the order of their values."""
    found = []
    for byte in range(0xA1, 0xFF):
        sequence = bytearray(b"\xa4\xd4\xa4\xa1\xa4\xbf\xa4\xd4")
        sequence[position] = byte
        text = decoded("euc_kr", bytes(sequence))
        if text and len(text) == 1:
            found.append((ord(text) - first, byte))
    return found


def array(kind, name, items, per_line):
    out = ["const %s %s[] = {" % (kind, name)]
    for start in range(0, len(items), per_line):
        out.append(",".join(items[start:start + per_line]) + ",")
    return "\n".join(out) + "\n};\n"


def main():
    tables = Tables()
    for name in SINGLE + MULTI:
        codecs.lookup(name)
        add_codec(tables, name)
    tables.codecs.sort()
    with open(sys.argv[1], "w", encoding="ascii") as out:
        out.write("// Generated by codec_tables.py; do not edit.\n#include \"source/codec_data.hpp\"\n\n"
                  "namespace pyexc::codec_data {\n")
        out.write(array("std::uint16_t", "cells", ["%d" % cell for cell in tables.cells], 24))
        out.write(array("Node", "nodes", ["{%d,%d,%d}" % row for row in tables.nodes], 12))
        out.write(array("Wide", "wide", ["{%d,%d}" % tuple(points) for points in tables.wide], 12))
        out.write(array("Table", "tables", ['{"%s",%d,%d,%d}' % codec for codec in tables.codecs], 1))
        out.write("const std::size_t table_count = sizeof tables / sizeof tables[0];\n")
        runs = gb18030_ranges()
        out.write(array("Run", "gb18030", ["{%d,%d,%d}" % tuple(run) for run in runs], 8))
        out.write("const std::size_t gb18030_count = sizeof gb18030 / sizeof gb18030[0];\n")
        for label, position, step in (("initial", 3, 21 * 28), ("medial", 5, 28), ("final", 7, 1)):
            jamo = [255] * 256
            for offset, byte in hangul(position, 0xAC00):
                jamo[byte] = offset // step
            out.write(array("std::uint8_t", "hangul_" + label, ["%d" % value for value in jamo], 32))
        out.write("}  // namespace pyexc::codec_data\n")


if __name__ == "__main__":
    main()
