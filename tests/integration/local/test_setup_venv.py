"""`make setup` on a project of its own, without a single package: when the environment is kept, and when made anew."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.places import PROJECT

SCRIPT = Path("deploy") / "local" / "setup_venv.py"


class Project:
    """`mark` is in the environment for as long as it is the same one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.requirements = folder / "requirements" / "local.txt"
        self.venv = folder / ".venv"
        self.stamp = self.venv / "requirements.sha256"
        self.mark = self.venv / "mark"

    def set_up(self) -> str:
        """What was said; empty if nothing had to be done."""
        done = subprocess.run(
            [sys.executable, str(SCRIPT)], cwd=self.folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def has_pip(self) -> bool:
        done = subprocess.run([self.venv / "bin" / "python", "-c", "import pip"], check=False)
        return done.returncode == 0


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("a project"))
    (project.folder / SCRIPT).parent.mkdir(parents=True)
    project.requirements.parent.mkdir()
    project.requirements.write_text("# nothing\n")
    shutil.copy(PROJECT / SCRIPT, project.folder / SCRIPT)
    assert "making .venv" in project.set_up()
    return project


@pytest.fixture
def project(made: Project) -> Project:
    """Set up, and marked."""
    made.set_up()
    made.mark.touch()
    return made


def test_what_fits_is_left_alone(project: Project) -> None:
    assert project.set_up() == ""
    assert project.mark.exists()


def test_other_requirements_are_installed_into_the_same_environment(project: Project) -> None:
    project.requirements.write_text("# nothing else\n")
    assert "installing" in project.set_up()
    assert project.mark.exists()
    assert project.set_up() == ""


def test_after_an_upgrade_of_the_systems_python_the_environment_is_made_anew(project: Project) -> None:
    requirements, _, _ = project.stamp.read_text().partition("\n")
    project.stamp.write_text(f"{requirements}\ncpython-310-x86_64-linux-gnu")
    assert "making .venv" in project.set_up()
    assert not project.mark.exists()
    assert project.set_up() == ""


def test_a_python_that_is_gone_is_noticed(project: Project) -> None:
    python = project.venv / "bin" / "python"
    python.unlink()
    python.symlink_to("/usr/bin/python-that-is-gone")
    assert "making .venv" in project.set_up()
    assert project.has_pip()
