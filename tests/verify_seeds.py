"""Check the seed corpus. Run from anywhere: python verify_seeds.py [--raw DIR]

--raw DIR: folder with one text file per brief id holding the source excerpts
(not delivered); enables the check that no 8-word sequence of a source occurs.
"""

import argparse, csv, json, pathlib, re, sys

HERE = pathlib.Path(__file__).resolve().parents[1] / "seeds"
KEYS = ["id", "title", "source_publisher", "source_url", "source_date", "accessed", "language", "note"]
STAGES = ["proposed", "pledged", "committed", "allocated", "contracted", "disbursed", "delivered"]
MODS = {"exact", "approx", "at_least", "up_to", "range", "none"}
TYPES = {"military", "financial", "humanitarian", "mixed"}
MECHS = {
    "danish_model",
    "direct_industry",
    "joint_production",
    "in_kind",
    "procurement",
    "ammunition_initiative",
    "coalition_fund",
    "purl",
    "epf",
    "loan",
    "grant",
    "budget_support",
    "framework",
    None,
}
MONEY = re.compile(
    r"(?:[€$£]|\b(?:EUR|USD|US\$|DKK|NOK|SEK|CAD|GBP|UAH|ISK)\b)\s?\d"
    r"|\d[\d.,\u00a0 ]*(?:bn|mn|mln|million|billion|m)?\s*(?:Danish |Norwegian |Swedish |Canadian )?"
    r"(?:kroner|kronor|crowns|euros?|dollars|hryvnias|DKK|NOK|SEK|EUR|USD)\b"
    r"|\b\d[\d.,]*\s(?:billion|million)\b(?! (?:155|rounds?|artillery|ammunition|drones?|shells?|families|or more|in 2026|large))"
)


def split(text):
    """front matter dict, body. Body = everything after the newline that ends the
    second line consisting of '---'."""
    assert text.startswith("---\n")
    end = text.index("\n---\n", 3)
    fm = {}
    for line in text[4:end].split("\n"):
        k, v = line.split(": ", 1)
        fm[k] = json.loads(v)
    return fm, text[end + 5 :]


def grams(text, n=8):
    w = re.findall(r"[^\W_]+", text.lower())
    return {" ".join(w[i : i + n]) for i in range(len(w) - n + 1)}


def digits(s):
    return [float(x.replace(",", "")) for x in re.findall(r"\d[\d,]*\.?\d*", s)]


WORDS = {
    "half": 0.5,
    "a": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "nine": 9,
    "ten": 10,
}


def readable(surface, amount):
    """can the surface be read as the amount?"""
    s = surface.lower().replace("\u00a0", " ")
    scale = (
        1e9
        if re.search(r"b(illio)?n\b|billion", s)
        else 1e6
        if re.search(r"m(illio)?n\b|\dm\b|million|mln|mn\b", s)
        else 1
    )
    cands = []
    t = re.sub(r"(?<=\d) (?=\d{3}\b)", "", s)
    for num in re.findall(r"\d[\d.,]*", t):
        num = num.strip(".,")
        for v in {num.replace(",", ""), num.replace(",", ".")}:
            try:
                cands.append(float(v))
            except ValueError:
                pass
    if not cands:
        cands = [WORDS[w] for w in re.findall(r"[a-z]+", s) if w in WORDS] or [1]
    return any(
        abs(c * k - amount) < 1e-6 * amount + 1
        for c in cands
        for k in {scale, 1e6, 1e9} | ({1} if scale == 1 else set())
    )


def main(argv=None):
    ap = argparse.ArgumentParser()
    ap.add_argument("--raw")
    a = ap.parse_args(argv)
    err, warn = [], []
    gold = {}
    for line in (HERE / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        g = json.loads(line)
        assert g["id"] not in gold
        gold[g["id"]] = g
    files = sorted((HERE / "briefs").glob("*.md"))
    bodies = {}
    for f in files:
        text = f.read_bytes().decode("utf-8")
        if "\r" in text:
            err.append((f.stem, "CR in file"))
        try:
            fm, body = split(text)
        except (AssertionError, ValueError) as e:
            err.append((f.stem, f"front matter: {e}"))
            continue
        bodies[f.stem] = body
        if (
            list(fm) != KEYS
            or fm["id"] != f.stem
            or fm["accessed"] != "2026-11-23"
            or fm["source_date"] != f.stem[:10]
        ):
            err.append((f.stem, "front matter keys/values"))
        n = len(re.findall(r"\S+", body))
        if not 90 <= n <= 220:
            err.append((f.stem, f"{n} words"))
        g = gold.get(f.stem)
        if not g:
            err.append((f.stem, "no gold"))
            continue
        cover = [False] * len(body)
        seen = set()
        last = -1
        for m in g["mentions"]:
            s = body[m["start"] : m["end"]]
            if m["start"] < last:
                err.append((f.stem, "mentions overlap"))
            last = m["end"]
            if not s or s != s.strip() or not readable(s, m["amount"]):
                err.append((f.stem, f"mention {m} -> {s!r}"))
            for i in range(m["start"], m["end"]):
                cover[i] = True
            seen.add((m["amount"], m["currency"]))
            if "amount_high" in m:
                seen.add((m["amount_high"], m["currency"]))
        for m in MONEY.finditer(body):
            if not any(cover[m.start() : m.end()]):
                warn.append(
                    (
                        f.stem,
                        "unmarked money? " + body[max(0, m.start() - 25) : m.end() + 15].replace("\n", " "),
                    )
                )
        for i, e in enumerate(g["events"]):
            if (
                e["stage"] not in STAGES
                or e["modifier"] not in MODS
                or e["aid_type"] not in TYPES
                or e["mechanism"] not in MECHS
            ):
                err.append((f.stem, f"event {i} vocabulary"))
            if e["part_of"] is not None and not (0 <= e["part_of"] < len(g["events"]) and e["part_of"] != i):
                err.append((f.stem, f"event {i} part_of"))
            if not e["same_as"]:
                err.append((f.stem, f"event {i} same_as"))
            if (e["amount"] is None) != (e["currency"] is None):
                err.append((f.stem, f"event {i} amount/currency"))
            for amt, cur in [(e["amount"], e["currency"])] + [
                (x["amount"], x["currency"]) for x in e["amount_alt"]
            ]:
                if amt is not None and (amt, cur) not in seen:
                    err.append((f.stem, f"event {i}: {amt} {cur} not among mentions"))
        booked = [
            i
            for i, e in enumerate(g["events"])
            if e["recipient"] == "UKR"
            and e["stage"] != "proposed"
            and not e["is_cumulative_total"]
            and not e["about_past"]
        ]
        if booked != g["booked_events"]:
            err.append((f.stem, f"booked_events {g['booked_events']}, rule gives {booked}"))
        if g["trap"] and g["booked_events"]:
            err.append((f.stem, "trap books aid"))
    for k in gold:
        if k not in bodies:
            err.append((k, "gold without brief"))
    keys = {e["same_as"] for g in gold.values() for e in g["events"] if not e["is_cumulative_total"]}
    with open(HERE / "commitments.csv", newline="", encoding="utf-8") as fh:
        rows = list(csv.DictReader(fh))
    ck = [r["key"] for r in rows]
    for r in rows:
        if (r["mechanism"] or None) not in MECHS:
            err.append((r["key"], "mechanism " + r["mechanism"]))
        for k in filter(None, (r["part_of_key"] + ";" + r["overlaps_with"]).split(";")):
            if k not in ck:
                err.append((r["key"], "unknown key " + k))
    if len(ck) != len(set(ck)) or set(ck) != keys:
        err.append(("commitments.csv", str(set(ck) ^ keys)))
    groups = {}
    for g in gold.values():
        for e in g["events"]:
            groups.setdefault(e["same_as"], set()).add(g["id"])
    ng = sum(len(v) > 1 for k, v in groups.items() if k in keys)
    if a.raw:
        pool = {}
        for p in pathlib.Path(a.raw).glob("*.txt"):
            for x in grams(p.read_text(encoding="utf-8")):
                pool.setdefault(x, p.stem)
        missing = [k for k in bodies if not (pathlib.Path(a.raw) / (k + ".txt")).exists()]
        if missing:
            err.append(("raw", f"missing {missing}"))
        for k, b in bodies.items():
            for x in sorted(grams(b) & pool.keys()):
                err.append((k, f"8 words of {pool[x]}: {x}"))
    for w in warn:
        print("WARN", *w)
    for e in err:
        print("ERR", *e)
    print(
        f"{len(files)} briefs, {sum(len(g['events']) for g in gold.values())} events, "
        f"{sum(len(g['mentions']) for g in gold.values())} mentions, {len(rows)} commitments, "
        f"{ng} commitments reported by two or more briefs, {len(err)} errors, {len(warn)} warnings"
    )
    return 1 if err else 0


if __name__ == "__main__":
    sys.exit(main())
