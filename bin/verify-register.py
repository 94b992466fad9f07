#!/usr/bin/env python3
"""Verifies a register exported by Vigie (JSON lines), without Vigie, without a network, without a
library: python 3.8 or later alone.

    verify-register.py EXPORT.jsonl [--key HEX] [--earlier OTHER.jsonl]

--key      the public key, got by another way than the export (else the export's own is believed,
           which proves that the file is whole, not who signed it)
--earlier  an export of the same registers made before: its lines must all be in this one

Says the first line or head that does not hold, and ends with 0 (holds), 1 (does not), 2 (unreadable).
What is hashed and signed is said in src/register/model/canonical.rs; this is that page again.
"""

import hashlib
import json
import sys

LINE, HEAD, EXPORT = "vigie.register.line.1", "vigie.register.head.1", "vigie.register.export.1"
FIELDS = """id device_id number entry corrects_id kind nature begun_on done_on done_on_text performer_name
performer_role performer_employer accreditation performance measurements conformity stopped_on resumed_on
restrictions software_before software_after report_id report_name report_sha256 reason late_days source
cause_type cause_id recorded_at recorded_by recorded_by_name previous_hash""".split()
ALTERED, MISSING, UNCHAINED, NOT_AS_SEALED, UNSIGNED = (
    "altered", "missing", "unchained", "not-as-sealed", "unsigned")
WORDS = {
    ALTERED: "modifiée : son contenu ne répond plus à son empreinte",
    MISSING: "absente : supprimée, ou jamais écrite à sa place",
    UNCHAINED: "ne suit pas la ligne qui la précède : insérée, déplacée, ou précédée d’une autre",
    NOT_AS_SEALED: "n’est pas celle qui a été scellée : la chaîne a été recalculée à cette ligne ou avant",
    UNSIGNED: "la tête scellée à cette ligne n’est pas signée par cette clé",
}


def text(title, fields):
    """The text that is hashed or signed."""
    out = [title.encode() + b"\n"]
    for name, value in fields:
        if value is None:
            out.append(name.encode() + b":-\n")
        else:
            value = str(value).encode()
            out.append(b"%s:%d:%s\n" % (name.encode(), len(value), value))
    return b"".join(out)


# Ed25519 (RFC 8032, section 5.1.7), over the twisted Edwards curve -x² + y² = 1 + d x² y².
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def add(a, b):
    """The sum of two points in extended coordinates (X : Y : Z : T), with T = XY / Z."""
    m, n = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    t, z = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = n - m, z - t, z + t, n + m
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(k, point):
    sum_ = (0, 1, 1, 0)
    while k:
        if k & 1:
            sum_ = add(sum_, point)
        point = add(point, point)
        k >>= 1
    return sum_


def point_of(data):
    """The point of 32 bytes, or None."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signed(key, message, signature):
    """Is this the signature of the message by the key?"""
    if len(key) != 32 or len(signature) != 64:
        return False
    a, r = point_of(key), point_of(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= ORDER:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    left, right = times(s, BASE), add(r, times(h, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


def check_register(key, device, line_count, heads, lines):
    """The first fault of a register: (number, what), or None."""
    count, last = 0, "0" * 64
    heads = sorted(heads, key=lambda head: head["block_id"])
    for line in lines:
        number = int(line["number"])
        computed = hashlib.sha256(text(LINE, [(name, line[name]) for name in FIELDS])).hexdigest()
        if computed != line["hash"]:
            return number, ALTERED
        if number > count + 1:
            return count + 1, MISSING
        if number <= count or line["previous_hash"] != last or line["device_id"] != device:
            return number, UNCHAINED
        count, last = number, line["hash"]
        while heads and heads[0]["line_count"] <= count:
            head = heads.pop(0)
            if head["line_count"] == count and head["last_hash"] != last:
                return count, NOT_AS_SEALED
            message = text(HEAD, [(n, head[n]) for n in ("block_id", "device_id", "line_count", "last_hash")])
            if head["device_id"] != device or not signed(key, message, bytes.fromhex(head["signature"])):
                return count, UNSIGNED
    if heads or line_count > count:
        return count + 1, MISSING
    return None


class Export:
    """An export read: its header, registers in their order, its end."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.bytes = file.read()
        rows = self.bytes.splitlines(keepends=True)
        read = [json.loads(row) for row in rows]
        if not read or read[0].get("format") != EXPORT:
            raise ValueError("ce n’est pas un export de registre de Vigie")
        self.header, self.registers, self.end, self.signed_bytes = read[0], [], None, b""
        for row in read[1:]:
            if "device" in row:
                self.registers.append((row["device"], row["line_count"], row["heads"], []))
            elif "line" in row:
                self.registers[-1][3].append(row["line"])
            elif "end" in row:
                self.end = row["end"]
        if self.end is not None:
            self.signed_bytes = self.bytes[: len(self.bytes) - len(rows[-1])]


def faults(export, key, earlier=None):
    """Every register's first fault, then what is wrong with the file."""
    found, unsealed, total = [], 0, 0
    for device, line_count, heads, lines in export.registers:
        fault = check_register(key, device["id"], line_count, heads, lines)
        if fault:
            found.append((device["inventory_number"], *fault))
        total += len(lines)
        unsealed += len(lines) - max([head["line_count"] for head in heads], default=0) if not fault else 0
    if earlier:
        now = {device["id"]: {line["number"]: line["hash"] for line in lines} for device, _, _, lines in export.registers}
        for device, _, _, lines in earlier.registers:
            kept = now.get(device["id"], {})
            for line in lines:
                there = kept.get(line["number"])
                if there != line["hash"]:
                    what = MISSING if there is None else NOT_AS_SEALED
                    found.append((device["inventory_number"], int(line["number"]), what))
                    break
    on_file = None
    if export.end is None:
        on_file = "la fin du fichier manque : il a été coupé"
    elif hashlib.sha256(export.signed_bytes).hexdigest() != export.end["sha256"]:
        on_file = "le fichier a été modifié depuis l’export"
    elif len(export.registers) != export.header["registers"]:
        on_file = "des registres manquent au fichier"
    else:
        message = text(EXPORT, [("sha256", export.end["sha256"]), ("public_key", export.header["public_key"])])
        if not signed(key, message, bytes.fromhex(export.end["signature"])):
            on_file = "le fichier n’est pas signé par cette clé"
    return found, on_file, total, unsealed


def main(arguments):
    options = {"--key": None, "--earlier": None}
    paths = []
    while arguments:
        argument = arguments.pop(0)
        if argument in options and arguments:
            options[argument] = arguments.pop(0)
        else:
            paths.append(argument)
    if len(paths) != 1 or paths[0].startswith("-"):
        print(__doc__)
        return 2
    try:
        export = Export(paths[0])
        earlier = Export(options["--earlier"]) if options["--earlier"] else None
        key = bytes.fromhex(options["--key"] or export.header["public_key"])
        found, on_file, total, unsealed = faults(export, key, earlier)
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        print(f"Illisible : {error}")
        return 2
    for name, number, what in found:
        print(f"NON CONFORME  registre de {name}, ligne {number} : {WORDS[what]} [{what}]")
    if on_file:
        print(f"NON CONFORME  {on_file}")
    print(f"{len(export.registers)} registre(s), {total} ligne(s), exportés le {export.header['exported_at']}.")
    if unsealed:
        print(f"{unsealed} ligne(s) pas encore scellées à l’export : la signature du fichier les porte seule.")
    if not options["--key"]:
        print("Clé lue dans le fichier lui-même : comparez-la à celle de l’établissement (--key).")
        print(f"  {export.header['public_key']}")
    if found or on_file:
        return 1
    print("Conforme.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
