"""What lies in the evidence directory beside the newest tiles: partial tiles of earlier sizes, and files that nobody put there."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from govshare.audit.findings import Finding
from govshare.audit.log import Log
from govshare.audit.tiles import HASH, WIDTH, TileAltered, width_at

_FILES = re.compile(r"(checkpoint|handover)(\.draft)?|lock|witnessed/.*")
_TILE = re.compile(r"tile/(0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?(\.draft)?")


@dataclass(frozen=True, slots=True)
class _Tile:
    path: Path
    level: int
    number: int
    width: int

    @property
    def first(self) -> int:
        return self.number << 8 * (self.level + 1)

    @property
    def end(self) -> int:
        """The log's size from which on this tile can be there."""
        return self.first + (self.width << 8 * self.level)


def strays(log: Log, size: int, placed: Callable[[], int]) -> Iterator[Finding]:
    """``size`` is signed. ``placed`` tells the log's size in the database when all names were read: a sequencer may be at work."""
    found = [path for path in sorted(log.directory.rglob("*")) if not path.is_dir()]
    most = max(placed(), size)
    for path in found:
        name = path.relative_to(log.directory).as_posix()
        tile = _tile(log, path, name)
        if tile is None or tile.end > most:
            if tile or not _known(name):
                yield Finding("inserted", "tile", name, "证据目录中多出不属于日志的文件", index=-1 if tile is None else tile.first)
        elif tile.width < WIDTH and not _continues(log, tile, size):
            yield Finding("altered", "tile", name, "较早的部分瓦片与后来的瓦片不符", index=tile.first)


def _known(name: str) -> bool:
    """A draft is what a killed writer left; the next one writes over it."""
    tile = _TILE.fullmatch(name)
    return bool(_FILES.fullmatch(name) or (tile and tile[4]))


def _tile(log: Log, path: Path, name: str) -> _Tile | None:
    """The tile whose one name this is."""
    parsed = _TILE.fullmatch(name)
    if not parsed or parsed[4]:
        return None
    tile = _Tile(path, int(parsed[1]), int(parsed[2].replace("/", "").replace("x", "")), int(parsed[3] or WIDTH))
    return tile if tile.width <= WIDTH and log.tiles.path(tile.level, tile.number, tile.width) == path else None


def _continues(log: Log, tile: _Tile, size: int) -> bool:
    """Whether the tile that is valid now begins with this one. What is not signed yet is nobody's evidence."""
    now = width_at(size, tile.level, tile.number)
    try:
        data = tile.path.read_bytes()
        return len(data) == tile.width * HASH and (
            tile.width > now or data == b"".join(log.tiles.read(tile.level, tile.number, now)[: tile.width])
        )
    except FileNotFoundError:
        return True  # its full tile has taken its place meanwhile
    except TileAltered:
        return True  # that is said of the newer one
