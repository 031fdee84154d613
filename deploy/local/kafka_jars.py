"""Kafka's jars: fetched once by their Maven coordinates, and used only if they are what the committed list says.

The list names every jar with its SHA-256, so nothing is resolved at run time: what was tested is what runs. A jar gets
its place in the cache after it was checked; a jar there that differs was changed afterwards and is refused.
"""

import concurrent.futures
import hashlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from deploy.local.failures import StackFailure

COORDINATES = "org.apache.kafka:kafka_2.13:4.4.0+org.slf4j:slf4j-simple:1.7.36"
SUMS = Path(__file__).with_name("kafka-jars.sha256")
DOWNLOAD_MB = 44
REQUEST_TIMEOUT_S = 30
AT_ONCE = 4

OnProgress = Callable[[int, int], None]


@dataclass(frozen=True)
class Jar:
    """One line of the list: a path as in a Maven repository, which spells out the coordinates."""

    path: PurePosixPath
    sha256: str

    @property
    def coordinates(self) -> tuple[str, str, str]:
        folder = self.path.parent
        return ".".join(folder.parts[:-2]), folder.parts[-2], folder.parts[-1]

    def is_intact(self, file: Path) -> bool:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest() == self.sha256


def listed(sums: Path = SUMS) -> list[Jar]:
    lines = [line.split() for line in sums.read_text().splitlines() if line and not line.startswith("#")]
    return [Jar(PurePosixPath(path), sha256) for sha256, path in lines]


def ensure_jars(folder: Path, on_progress: OnProgress, sums: Path = SUMS, repository: str | None = None) -> list[Path]:
    """The class path, every file of it checked. Downloads what is missing, from Maven Central unless told otherwise."""
    jars = listed(sums)
    _refuse_changed(folder, jars)
    missing = [jar for jar in jars if not (folder / jar.path.name).exists()]
    if missing:
        _fetch(folder, missing, repository, on_progress)
    return [folder / jar.path.name for jar in jars]


def _refuse_changed(folder: Path, jars: list[Jar]) -> None:
    for jar in jars:
        kept = folder / jar.path.name
        if kept.exists() and not jar.is_intact(kept):
            raise StackFailure(
                f"{kept} does not have the SHA-256 that {SUMS.name} lists for it: delete that file and run again "
                "to download it anew."
            )


def _fetch(folder: Path, jars: list[Jar], repository: str | None, on_progress: OnProgress) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=folder, prefix="incoming-") as incoming,
        concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        running = [pool.submit(_fetch_one, jar, Path(incoming), folder, repository) for jar in jars]
        try:
            for done, one in enumerate(concurrent.futures.as_completed(running), start=1):
                one.result()
                on_progress(done, len(jars))
        finally:
            pool.shutdown(cancel_futures=True)


def _fetch_one(jar: Jar, incoming: Path, folder: Path, repository: str | None) -> None:
    file = _download(jar, incoming, repository)
    if not jar.is_intact(file):
        raise StackFailure(
            f"{jar.path.name} arrived with a SHA-256 other than {SUMS.name} lists, and was not kept: run again; if "
            "it repeats, something between here and the Maven repository changes files, so use another network."
        )
    file.replace(folder / jar.path.name)


def _download(jar: Jar, incoming: Path, repository: str | None) -> Path:
    from jgo.constants import MAVEN_CENTRAL_URL  # noqa: PLC0415 - slow to import, and only a cold cache needs it
    from jgo.maven import MavenContext  # noqa: PLC0415 - as above

    group, artifact, version = jar.coordinates
    maven = MavenContext(
        repo_cache=incoming,
        local_repos=[],
        remote_repos={"central": repository or MAVEN_CENTRAL_URL},
        timeout=REQUEST_TIMEOUT_S,
    )
    try:
        return Path(maven.project(group, artifact).at_version(version).artifact().resolve())
    except (OSError, RuntimeError) as error:
        raise StackFailure(
            f"Kafka's jars are not in {incoming.parent} yet and {jar.path.name} could not be downloaded: connect to "
            "the network (or set https_proxy) and run again, or name a broker of your own in TRUCE_KAFKA_BOOTSTRAP."
        ) from error


def write_list(sums: Path = SUMS) -> int:
    """Resolve the coordinates anew, dependencies included, and write the list. For the day Kafka is upgraded."""
    import jgo  # noqa: PLC0415 - slow to import, and only an upgrade needs it

    with tempfile.TemporaryDirectory() as cache:
        home = Path(jgo.build(COORDINATES, cache_dir=Path(cache)).path)
        found = {path.name: path for path in home.rglob("*.jar")}
        repository_paths = {
            f"{one.artifactId}-{one.version}.jar": PurePosixPath(
                *one.groupId.split("."), one.artifactId, one.version, f"{one.artifactId}-{one.version}.jar"
            )
            for one in jgo.resolve(COORDINATES)
        }
        lines = [
            f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {repository_paths[name]}"
            for name, file in sorted(found.items())
        ]
    sums.write_text("\n".join([f"# {COORDINATES}", *lines]) + "\n")
    return len(lines)


if __name__ == "__main__":
    print(f"{write_list()} jars listed in {SUMS}")
