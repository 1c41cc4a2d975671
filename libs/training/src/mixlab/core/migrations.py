"""Every version of the run config's format after the first. docs/migrations.md tells how one is added."""

from __future__ import annotations

from typing import Any

from .versions import Migration, Renamed, Renaming, renaming_of, upgraded, version_of

MIGRATIONS: tuple[Migration, ...] = (
    Migration(
        version=2,  # whole words, as every other method has them
        changes=(
            Renamed(method="puzzlemix", path="neighSize", to="borderSize"),
            Renamed(method="puzzlemix", path="nLabels", to="maskLevels"),
            Renamed(method="puzzlemix", path="tEps", to="transportPrice"),
            Renamed(method="puzzlemix", path="tSize", to="transportSize"),
            Renamed(method="puzzlemix", path="advP", to="attackProbability"),
            Renamed(method="puzzlemix", path="advEps", to="attackSize"),
        ),
    ),
)

NEWEST = len(MIGRATIONS) + 1


def as_newest(config: Any) -> Any:
    """A run config as one of today's version, whatever version it is of; what is none stays as it is."""
    return upgraded(config, MIGRATIONS)


def newer_version(config: Any) -> int | None:
    """The version of a run config that is newer than this library knows."""
    version = version_of(config)
    return version if version is not None and version > NEWEST else None


def known_renaming(path: str, method: str | None = None) -> Renaming | None:
    """What a field of a former name is called now, of `method`'s parameters or of the run config."""
    return renaming_of(path, method, MIGRATIONS)
