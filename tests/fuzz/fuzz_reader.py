"""The targets driven by atheris, which looks for new ways through the code: ``pip install 'aidlib[fuzz]'``.

``python tests/fuzz/fuzz_reader.py TARGET [FOLDER OF INPUTS] [-max_total_time=60]``; it has no wheel for
Python 3.11, where ``run.py`` drives the same targets.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


def main(words: list[str]) -> int:
    """Fuzz one target until it fails or its time is over."""
    try:
        import atheris
    except ImportError:
        print("atheris is not installed; use tests/fuzz/run.py", file=sys.stderr)
        return 2
    with atheris.instrument_imports(include=["aidlib"]):
        from fuzz.targets import TARGETS
    name, *more = words or [""]
    if name not in TARGETS:
        print(f"there is no target {name!r}; there are {', '.join(TARGETS)}", file=sys.stderr)
        return 2
    atheris.Setup([sys.argv[0], *more], TARGETS[name].run)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
