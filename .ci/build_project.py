"""Take into the wheel the notebooks and seeds that a new project begins with; a checkout has them here."""

from pathlib import Path

from setuptools.command.build_py import build_py

HERE = Path(__file__).resolve().parents[1]
FOLDER = Path("aidlib", "data", "project")


class BuildWithProject(build_py):
    """Build the package with what `aidlib new` lays out, which lies once, at the root of the checkout."""

    def get_source_files(self) -> list[str]:
        """Name what an sdist must hold."""
        return [*super().get_source_files(), ".ci/build_project.py", *_wanted()]

    def run(self) -> None:
        """Copy it into the built package, except where the checkout itself is used."""
        super().run()
        if not self.editable_mode:
            for name in _wanted():
                target = Path(self.build_lib, FOLDER, name)
                self.mkpath(str(target.parent))
                self.copy_file(name, str(target))


def _wanted() -> list[str]:
    listed = (HERE / "src" / FOLDER / "from_checkout.txt").read_text("utf-8").split()
    return [path.relative_to(HERE).as_posix() for name in listed for path in sorted(HERE.glob(name))]
