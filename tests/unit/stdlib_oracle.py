#!/usr/bin/env python3
"""Expected results from Python's standard library, one case a line, fields separated by tabs: the oracle of stdlib_oracle_test.cpp.

stdlib_oracle.py decimal|dates|zones|unicode|money|domains [SEED]
"""
import bisect
import decimal
import random
import sys
import unicodedata
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

ROUNDINGS = [decimal.ROUND_HALF_EVEN, decimal.ROUND_HALF_UP, decimal.ROUND_HALF_DOWN, decimal.ROUND_UP, decimal.ROUND_DOWN,
             decimal.ROUND_FLOOR, decimal.ROUND_CEILING]
ZONES = """America/New_York Europe/London Europe/Dublin Australia/Lord_Howe Africa/Casablanca Pacific/Apia Asia/Pyongyang
America/St_Johns Asia/Kathmandu Antarctica/Troll Europe/Paris Europe/Istanbul America/Sao_Paulo Asia/Tehran Africa/Cairo
Pacific/Auckland Pacific/Chatham America/Caracas Asia/Almaty Europe/Moscow America/Asuncion Asia/Gaza Pacific/Kiritimati
Asia/Tokyo""".split()
EPOCH = datetime(1970, 1, 1)


def emit(*fields):
    print("\t".join(str(f) for f in fields))


def number(rng):
    """An unscaled value; small, round and huge ones on purpose."""
    digits = rng.choice([1, 2, 4, 9, 18, 19, 20, 37, 38])
    value = rng.randrange(10 ** digits)
    if rng.random() < 0.2:
        value = value // 10 ** (digits // 2) * 10 ** (digits // 2) + rng.choice([0, 5, 50])
    return min(value, 10 ** 38 - 1) * rng.choice([-1, 1])


def whole(context_value):
    """The integer, or `overflow` when it has more than 38 digits."""
    return "overflow" if abs(context_value) >= 10 ** 38 else int(context_value)


def decimals(rng):
    decimal.getcontext().prec = 400
    decimal.getcontext().Emax = 10 ** 6
    for _ in range(4000):
        a, b = number(rng), number(rng)
        emit("add", a, b, whole(a + b))
        emit("sub", a, b, whole(a - b))
        emit("mul", a, b, whole(a * b))
        mode = rng.randrange(7)
        down = rng.randrange(0, 39)
        emit("down", a, down, mode, whole((Decimal(a).scaleb(-down)).quantize(Decimal(1), ROUNDINGS[mode])))
        up = rng.randrange(0, 39)
        emit("up", a, up, whole(a * 10 ** up))
        shift = rng.randrange(-38, 77)
        if b:
            # Exact: round the rational number by hand, since a quotient may have endless digits.
            n, d = abs(a) * 10 ** max(shift, 0), abs(b) * 10 ** max(-shift, 0)
            q, r = divmod(n, d)
            tail = Decimal(0) if r == 0 else Decimal("0.5") if 2 * r == d else Decimal("0.25") if 2 * r < d else Decimal("0.75")
            sign = -1 if (a < 0) != (b < 0) else 1
            emit("div", a, b, shift, mode, whole(((Decimal(q) + tail) * sign).quantize(Decimal(1), ROUNDINGS[mode])))
        emit("mulshift", a, b, down, mode, whole((Decimal(a * b).scaleb(-down)).quantize(Decimal(1), ROUNDINGS[mode])))
        scale = rng.randrange(0, 39)
        emit("text", a, scale, f"{Decimal(a).scaleb(-scale):f}")
        precision = rng.randrange(1, 39)
        scale = rng.randrange(0, precision + 1)
        text = f"{Decimal(rng.randrange(-10 ** precision, 10 ** precision)).scaleb(-rng.randrange(0, 20)):f}"
        wanted = Decimal(text).scaleb(scale)
        emit("read", text, precision, scale, int(wanted) if wanted == wanted.to_integral_value() and abs(wanted) < 10 ** precision else "fails")
        x = rng.choice([rng.uniform(-1e6, 1e6), rng.randrange(-1000, 1000) / 8, rng.uniform(-1, 1) * 10 ** rng.randrange(-20, 20)])
        scale = rng.randrange(0, 12)
        emit("real", repr(x), scale, mode, whole(Decimal(x).quantize(Decimal(1).scaleb(-scale), ROUNDINGS[mode]).scaleb(scale)))


def dates(rng):
    formats = ["%Y-%m-%d", "%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%Y%m%d", "%Y-%j"]
    for _ in range(3000):
        day = date.fromordinal(rng.randrange(1, date.max.toordinal() + 1))
        days = day.toordinal() - 719163
        text = f"{day.year:04d}-{day.month:02d}-{day.day:02d}"
        emit("date", days, text, day.isoweekday(), (day - date(1970, 1, 1)).days)
        shape = rng.choice(formats)
        digits = "".join(rng.choice("0123456789") for _ in range(8))
        written = rng.choice([day.strftime(shape.replace("%Y", f"{day.year:04d}")), f"{digits[:4]}-{rng.randrange(0, 14):02d}-{rng.randrange(0, 33):02d}",
                              f"{rng.randrange(0, 14):02d}/{rng.randrange(0, 33):02d}/{digits[4:]}", digits])
        try:
            # strptime is laxer: it takes one digit where two are written, so compare what it read with what it writes.
            read = datetime.strptime(written, shape).date()
            exact = read.strftime(shape.replace("%Y", f"{read.year:04d}")) == written
            emit("parse", shape, written, read.toordinal() - 719163 if exact else "fails")
        except ValueError:
            emit("parse", shape, written, "fails")
    for _ in range(1500):
        a = date.fromordinal(rng.randrange(1, date.max.toordinal() + 1))
        months = rng.randrange(-600, 600)
        total = a.year * 12 + a.month - 1 + months
        year, month = divmod(total, 12)
        if 1 <= year <= 9999:
            last = (date(year + month // 11, (month + 1) % 12 + 1, 1) - timedelta(1)).day if (year, month) != (9999, 11) else 31
            emit("months", a.toordinal() - 719163, months, date(year, month + 1, min(a.day, last)).toordinal() - 719163)


def zones(_):
    from zoneinfo import ZoneInfo
    for name in ZONES:
        zone = ZoneInfo(name)

        def offset(seconds):
            return datetime.fromtimestamp(seconds, timezone.utc).astimezone(zone).utcoffset().total_seconds()

        changes = []
        step = 5 * 86400
        before = offset(0)
        for start in range(0, 2145916800, step):
            after = offset(start + step)
            if after != before:
                low, high = start, start + step
                while high - low > 1:
                    middle = (low + high) // 2
                    low, high = (middle, high) if offset(middle) == before else (low, middle)
                changes.append(high)
            before = after
        for instant in changes + [bisect.bisect(changes, 0) + 4102444800, 7258118400]:
            for delta in (-1, 0, 1):
                at = instant + delta
                emit("civil", name, at, at + int(offset(at)))
            for delta in (-5400, -1800, -1, 0, 1, 1800, 5400):
                local = EPOCH + timedelta(seconds=instant + int(offset(instant - 1)) + delta)
                first = local.replace(tzinfo=zone, fold=0)
                second = local.replace(tzinfo=zone, fold=1)
                civil = int((local - EPOCH).total_seconds())
                pre = civil - int(first.utcoffset().total_seconds())
                post = civil - int(second.utcoffset().total_seconds())
                kind = "unique" if pre == post else "fold" if pre < post else "gap"
                emit("instant", name, civil, kind, min(pre, post), max(pre, post), pre)


def unicode(_):
    def hexed(text):
        return text.encode().hex() or "-"

    start = None
    for c in range(0x110000):
        surrogate = 0xD800 <= c <= 0xDFFF
        missing = surrogate or unicodedata.category(chr(c)) in ("Cn", "Co")
        if missing and start is None:
            start = c
        if not missing and start is not None:
            emit("missing", start, c - 1)
            start = None
        if missing:
            continue
        t = chr(c)
        fold = unicodedata.normalize("NFC", t.casefold())
        nfc = unicodedata.normalize("NFC", t)
        if t.lower() != t or t.upper() != t or fold != t or nfc != t:
            emit("case", c, hexed(t.lower()), hexed(t.upper()), hexed(fold), hexed(nfc))
        if t.isspace() and not 0x1C <= c <= 0x1F:
            emit("space", c)
    if start is not None:
        emit("missing", start, 0x10FFFF)
    for text in ("ΑΣ", "ΑΣ ΑΣΑ", "İstanbul", "ǅ", "ŉ", "Straße", "ﬁn", "é"):
        emit("text", hexed(text), hexed(text.lower()), hexed(text.upper()),
             hexed(unicodedata.normalize("NFC", text.casefold())), hexed(unicodedata.normalize("NFC", text)))


MINOR_DIGITS = {"EUR": 2, "USD": 2, "JPY": 0, "KWD": 3, "CLF": 4}  # ISO 4217


def money(rng):
    decimal.getcontext().prec = 400
    for _ in range(3000):
        code, other = rng.choice(list(MINOR_DIGITS)), rng.choice(list(MINOR_DIGITS))
        scale = rng.randrange(7)
        units = rng.randrange(10 ** rng.choice([1, 3, 9, 15])) * rng.choice([-1, 1])
        amount = Decimal(units).scaleb(-scale)
        digits = min(scale, MINOR_DIGITS[code])
        emit("round", units, scale, code, int(amount.quantize(Decimal(1).scaleb(-digits), decimal.ROUND_HALF_EVEN).scaleb(digits)), digits)
        rate_scale = rng.randrange(9)
        rate = rng.randrange(1, 10 ** 9)
        mode, into = rng.randrange(7), MINOR_DIGITS[other]
        value = (amount * Decimal(rate).scaleb(-rate_scale)).quantize(Decimal(1).scaleb(-into), ROUNDINGS[mode])
        emit("convert", units, scale, code, other, rate, rate_scale, mode, int(value.scaleb(into)), into)
        weights = [rng.randrange(rng.choice([2, 10, 1000])) for _ in range(rng.randrange(1, 8))]
        if not sum(weights):
            continue
        finest = max(scale, MINOR_DIGITS[code])
        whole_units = abs(units) * 10 ** (finest - scale)
        shares = [whole_units * w // sum(weights) for w in weights]
        rest = sorted((-(whole_units * w % sum(weights)), i) for i, w in enumerate(weights))
        for _, i in rest[:whole_units - sum(shares)]:
            shares[i] += 1
        sign = -1 if units < 0 else 1
        emit("allocate", units, scale, code, finest, ",".join(map(str, weights)), ",".join(str(sign * s) for s in shares))


def domains(rng):
    """Domains with letters whose form did not change between the two versions of the standard."""
    letters = "abcdefghijklmnopqrstuvwxyz0123456789äöüéèåøñçłžšабвгдежзик日本語中文한국"
    for _ in range(2000):
        labels = ["".join(rng.choice(letters) for _ in range(rng.randrange(1, 12))) for _ in range(rng.randrange(1, 3))] + ["example"]
        domain = ".".join(labels)
        if domain.isascii():
            continue
        emit(f"ann@{domain}".encode().hex(), b"ann@".hex() + domain.encode("idna").hex())


def main():
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    {"decimal": decimals, "dates": dates, "zones": zones, "unicode": unicode, "money": money, "domains": domains}[sys.argv[1]](random.Random(seed))


if __name__ == "__main__":
    main()
