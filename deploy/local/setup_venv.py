"""Makes the virtual environment in `.venv`, or does nothing if it fits the requirements and its own Python already.

    python3 deploy/local/setup_venv.py

Run by the Makefile with the system's Python, whichever that is: standard library only, and nothing newer than Python
3.8 before the version was looked at. The stamp is written last, so that an interrupted run is simply done again; it
names the Python that the packages were installed for, since an upgrade of the system puts another one in its place.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
VENV = PROJECT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
REQUIREMENTS = PROJECT / "requirements" / "local.txt"
STAMP = VENV / "requirements.sha256"
OLDEST = (3, 11)
NEWER_PYTHONS = ("python3.14", "python3.13", "python3.12", "python3.11")
DOWNLOAD_MB = 130
SIZED = re.compile(r"Downloading (?:\S*/)?([^-/\s]+-[^-/\s]+)\S*\.whl \((.+?)\)")
# pip having given up, and not one of its tries: with a network it may be another thing that fails after them.
NO_NETWORK = re.compile(
    r"Retry\(total=0|Max retries exceeded|Read timed out|Connection broken: |timed out while downloading"
    r"|not enough bytes were received|Network is unreachable"
)
NOT_FOR_HERE = re.compile(r"No matching distribution found for (\S+)")
WRONG_HASH = re.compile(r"do not match the hashes", re.IGNORECASE)


def main() -> None:
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    has, _, made_for = (STAMP.read_text() if STAMP.exists() else "").partition("\n")
    here = interface_of(VENV_PYTHON)
    if here and (has, made_for) == (wanted, here):
        return
    use_python_new_enough()
    make_environment(keep=made_for in ("", here))
    install()
    STAMP.write_text(f"{wanted}\n{interface_of(VENV_PYTHON)}")


def interface_of(python: Path) -> str:
    """What compiled packages must be made for, as `cpython-311-x86_64-linux-gnu`; empty if this Python cannot run."""
    ask = "import sysconfig; print(sysconfig.get_config_var('SOABI'))"
    try:
        told = subprocess.run([str(python), "-c", ask], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return told.stdout.strip()


def use_python_new_enough() -> None:
    if sys.version_info >= OLDEST:
        return
    for name in NEWER_PYTHONS:
        found = shutil.which(name)
        if found:
            os.execv(found, [found, *sys.argv])  # noqa: S606 - the interpreter runs this same file, no shell is meant
    have = "{}.{}".format(*sys.version_info[:2])
    sys.exit(
        f"Truce needs Python 3.11 or newer and found {have}: install the Debian package python3.11 or a newer one."
    )


def make_environment(*, keep: bool) -> None:
    """`keep`: the environment that is there, if it works."""
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        sys.exit("Python's venv module is missing: install the Debian package python3-venv, then run make again.")
    if keep and VENV_PYTHON.exists() and runs([str(VENV_PYTHON), "-m", "pip", "--version"]):
        return
    print("setup: making .venv", flush=True)
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True, check=False
    )
    if made.returncode != 0:
        why = " ".join((made.stdout + made.stderr).split())[:300]
        sys.exit(f"The virtual environment could not be made in {VENV}: {why}")


def runs(command: "list[str]") -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def install() -> None:
    total = len(re.findall(r"^\S+==", REQUIREMENTS.read_text(), re.MULTILINE))
    print(f"setup: installing {total} packages, at the first run about {DOWNLOAD_MB} MB to download", flush=True)
    command = [str(VENV_PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    command += ["install", "--require-hashes", "--progress-bar", "off", "-r", str(REQUIREMENTS)]
    log = VENV / "setup.log"
    pip = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    with log.open("w") as kept, pip:
        for line in pip.stdout or ():
            kept.write(line)
            tell_progress(line, total)
    if pip.returncode != 0:
        sys.exit(what_went_wrong(log.read_text(), log))


class _Progress:
    collected = 0


def tell_progress(line: str, total: int) -> None:
    if line.startswith("Collecting "):
        _Progress.collected += 1
    sized = SIZED.search(line)
    if sized and "MB" in sized.group(2):
        print(f"setup: [{_Progress.collected:>3}/{total}] {sized.group(1)} ({sized.group(2)})", flush=True)
    if line.startswith("Installing collected packages"):
        print(f"setup: [{total}/{total}] unpacking", flush=True)


def what_went_wrong(said: str, log: Path) -> str:
    if WRONG_HASH.search(said):
        return (
            "A Python package arrived with a hash other than requirements/local.txt lists, and was not installed: run "
            f"make again, on another network if it repeats ({log} has the details)."
        )
    if NO_NETWORK.search(said):
        return (
            "The Python packages could not be downloaded: connect to the network (or set https_proxy), then run make "
            f"again ({log} has the details)."
        )
    missing = NOT_FOR_HERE.search(said)
    if missing:
        return (
            f"There is no {missing.group(1)} for this machine's Python ({interface_of(VENV_PYTHON)}): use CPython 3.11 "
            f"to 3.14 on 64-bit Linux ({log} has the details)."
        )
    return f"pip could not install the Python packages: {log} says why."


if __name__ == "__main__":
    main()
