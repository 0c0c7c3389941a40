"""In: a few words. Out: a figure in a folder, as save_figure leaves it, without drawing it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from aidlib.plots.manifest import enter

HOSTILE = "5 % of [it] {{aidlib: total}} <script>x</script> --> <!-- /aidlib --> $a$ `b` | \\c_d # {e}"
ROWS = 'donor,sum_eur,share,note\nNOR,63000000.00,0.25,"a, b"\nSWE,1.5,0.75,\'=1\nSWE,2,1,\n'


def draw(folder: Path, name: str, *, finding: str, alt: str = "Bars.", rows: str = ROWS) -> dict[str, Any]:
    """Leave a figure in a folder as save_figure does, without drawing it."""
    folder.mkdir(exist_ok=True)
    files = {kind: f"{name}.{kind}" for kind in ("svg", "png", "pdf", "csv")}
    for kind, file in files.items():
        (folder / file).write_bytes(rows.encode() if kind == "csv" else b"drawn")
    entry = {
        "name": name,
        "finding": finding,
        "caption": "Euro. Source: 2 texts",
        "alt": alt,
        "data_sha256": hashlib.sha256(rows.encode()).hexdigest(),
        "files": files,
    }
    enter(folder, entry)
    return entry
