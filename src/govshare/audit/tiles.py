"""The tree on disk: C2SP tlog-tiles (height 8). Full tiles never change; a partial tile lives until its full one is there."""

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from govshare.audit import merkle
from govshare.audit.merkle import Subtrees, perfect_root
from govshare.audit.verifier import SHA256, Tree
from govshare.kernel import durable

WIDTH = 256
HASH = 32


class TileAltered(Exception):
    """Restore this file from the backup: it is missing or not what was written."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"证据瓦片缺失或长度不对：{path} / tile missing or of the wrong length")
        self.path = path


class Tiles:
    """Tiles below ``directory``/tile, of a log that hashes as ``tree`` does."""

    def __init__(self, directory: Path, tree: Tree = SHA256, behind: Callable[[int], bytes | None] | None = None) -> None:
        self.directory = directory / "tile"
        self.tree = tree
        self.behind = behind  # has the leaves of full tiles whose files were removed

    def path(self, level: int, index: int, width: int = WIDTH) -> Path:
        """Index 1234067 is ``x001/x234/067``; a partial tile of width 9 is ``067.p/9``."""
        digits = f"{index:03}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        parts = [digits[n : n + 3] for n in range(0, len(digits), 3)]
        parts = [*(f"x{part}" for part in parts[:-1]), parts[-1]]
        full = self.directory.joinpath(str(level), *parts)
        return full if width == WIDTH else full.with_name(f"{full.name}.p") / str(width)

    def read(self, level: int, index: int, width: int) -> list[bytes]:
        """The first ``width`` hashes of a tile, from the partial tile or from the full one that took its place."""
        for path, length in ((self.path(level, index, width), width), (self.path(level, index), WIDTH)):
            try:
                data = path.read_bytes()
            except FileNotFoundError:
                continue
            if len(data) != length * HASH:
                raise TileAltered(path)
            return [data[n : n + HASH] for n in range(0, width * HASH, HASH)]
        sealed = self.behind(index) if self.behind and level == 0 else None
        if sealed is None or len(sealed) != WIDTH * HASH:
            raise TileAltered(self.path(level, index, width))
        return [sealed[n : n + HASH] for n in range(0, width * HASH, HASH)]

    def root(self, size: int) -> bytes:
        """The root of the first ``size`` leaves."""
        return merkle.root(size, self.subtrees(size))

    def inclusion_proof(self, index: int, size: int) -> list[bytes]:
        """That the leaf at ``index`` is in the tree of ``size``."""
        return merkle.inclusion_proof(index, size, self.subtrees(size))

    def consistency_proof(self, old: int, new: int) -> list[bytes]:
        """That the tree of ``new`` only appends to the tree of ``old``."""
        return merkle.consistency_proof(old, new, self.subtrees(new))

    def edge(self, first: int, size: int) -> list[bytes]:
        """What a tree that goes on from ``first`` needs to know of it, from the tree of ``size``."""
        return merkle.edge(first, self.subtrees(size))

    def subtrees(self, size: int) -> Subtrees:
        """Hashes of the perfect subtrees of the tree with ``size`` leaves; each tile is read once."""
        read: dict[tuple[int, int], list[bytes]] = {}

        def subtree(level: int, index: int) -> bytes:
            tile_level, height = divmod(level, 8)
            tile, offset = divmod(index << height, WIDTH)
            if (tile_level, tile) not in read:
                read[tile_level, tile] = self.read(tile_level, tile, width_at(size, tile_level, tile))
            return perfect_root(read[tile_level, tile][offset : offset + (1 << height)], self.tree)

        return Subtrees(subtree, self.tree)

    def extend(self, size: int, leaves: Iterable[bytes]) -> int:
        """Append ``leaves`` to the tree of ``size``, durably; return the new size. Doing it again writes the same bytes."""
        edge = [self.read(level, index, width) if width else [] for level, index, width in right_edge(size)]
        full: list[Path] = []
        grown: set[int] = set()
        for leaf in leaves:
            size += 1
            hashed, level = leaf, 0
            while True:
                if level == len(edge):
                    edge.append([])
                edge[level].append(hashed)
                grown.add(level)
                if len(edge[level]) < WIDTH:
                    break
                path = self.path(level, (size >> 8 * (level + 1)) - 1)
                durable.write(path, b"".join(edge[level]))
                full.append(path)
                hashed, edge[level], level = perfect_root(edge[level], self.tree), [], level + 1
        for level in sorted(grown):
            if edge[level]:
                durable.write(self.path(level, size >> 8 * (level + 1), len(edge[level])), b"".join(edge[level]))
        for path in full:
            shutil.rmtree(path.with_name(f"{path.name}.p"), ignore_errors=True)
        return size


def width_at(size: int, level: int, index: int) -> int:
    """How many hashes tile ``index`` of ``level`` has in a tree of ``size``."""
    return max(0, min(WIDTH, (size >> 8 * level) - index * WIDTH))


def right_edge(size: int) -> list[tuple[int, int, int]]:
    """Level, index and width (0..255) of the last, partial tile of every level."""
    edge, level = [], 0
    while size >> 8 * level:
        edge.append((level, size >> 8 * (level + 1), (size >> 8 * level) % WIDTH))
        level += 1
    return edge
