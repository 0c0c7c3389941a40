"""In: the name of a folder. Out: a project of one's own in it, whole or not at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from aidlib import __version__
from aidlib.errors import ParameterError, ReadError

__all__ = ["new_project", "project_files"]

PACKAGED = Path(__file__).parents[1] / "data" / "project"
CHECKOUT = Path(__file__).parents[3]
LISTED = "from_checkout.txt"  # .ci/build_project.py takes what it names into the wheel
# Where each of the files written for a new project goes, and its name in the package.
WRITTEN = {
    "README.md": "README.md",
    "Makefile": "Makefile",
    "environment.yml": "environment.yml",
    ".gitignore": "gitignore",
    ".github/workflows/nightly.yml": "nightly.yml",
    "seeds/README.md": "seeds_README.md",
}
CORRECTIONS = "seeds/corrections.csv"


def new_project(folder: Path | str) -> list[str]:
    """Lay out a project: a sample announcement, tables, notebooks, and what runs them.

    Parameters
    ----------
    folder : Path or str
        A new folder, or an empty one. It is written beside and moved into place.

    Returns
    -------
    list of str
        The files written, as paths from the folder.

    Raises
    ------
    ParameterError
        The folder holds something, is a file, or cannot be written.
    ReadError
        This installation lacks the notebooks or seeds.
    """
    place = Path(folder).absolute()
    _refuse_taken(place, str(folder))
    files = project_files()
    part = (place if place.is_dir() else place.parent) / f".aidlib-new.{os.getpid()}.part"
    try:
        _write(part, files)
        _move(part, place)
    except OSError as error:
        raise ParameterError(
            f"cannot write {place}: {error.strerror or error}",
            where="FOLDER",
            fix="Choose a place that can be written.",
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return sorted(files)


def project_files() -> dict[str, bytes]:
    """Give every file of a new project, by its path: notebooks and seeds are those of the project itself."""
    own = {name: (PACKAGED / stored).read_text("utf-8") for name, stored in WRITTEN.items()}
    files = {name: text.replace("@version@", __version__).encode() for name, text in own.items()}
    files |= {name: path.read_bytes() for name, path in _from_checkout().items()}
    # What has been decided of this project's acts is nothing to another one.
    files[CORRECTIONS] = files[CORRECTIONS].splitlines(keepends=True)[0]
    return {**files, "figures/.gitkeep": b""}


def _from_checkout() -> dict[str, Path]:
    """Find notebooks and seeds: in the package, or at the root of the checkout that it is used from."""
    patterns = (PACKAGED / LISTED).read_text("utf-8").split()
    home = next((home for home in (PACKAGED, CHECKOUT) if (home / "notebooks").is_dir()), PACKAGED)
    found = {pattern: sorted(home.glob(pattern)) for pattern in patterns}
    missing = [pattern for pattern, paths in found.items() if not paths]
    if missing:
        raise ReadError(
            f"this installation of aidlib lacks {missing[0]}",
            where=str(home),
            fix="Install aidlib anew, from its wheel or from a whole checkout.",
        )
    return {path.relative_to(home).as_posix(): path for paths in found.values() for path in paths}


def _refuse_taken(place: Path, named: str) -> None:
    try:
        taken = (place.exists() and not place.is_dir()) or (place.is_dir() and any(place.iterdir()))
    except OSError as error:
        raise ParameterError(
            f"cannot look into {place}: {error.strerror}", where="FOLDER", fix="Choose another place."
        ) from error
    if taken or not named.strip():
        said = "is a file" if place.is_file() else "is not empty" if named.strip() else "has no name"
        raise ParameterError(
            f"folder {named!r} {said}",
            where=str(place),
            fix="Name a folder that is new or empty; what is there stays as it is.",
        )


def _write(part: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        path = part / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _move(part: Path, place: Path) -> None:
    if not place.is_dir():
        part.rename(place)
        return
    for child in part.iterdir():  # an empty folder may be where somebody stands: it is filled, not replaced
        child.rename(place / child.name)
