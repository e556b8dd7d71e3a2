"""Where SQLAlchemy keeps what it compiled, for an application that runs the same statements again and again."""

from typing import Any

from sqlalchemy.util import LRUCache

MOST = 500  # statements; SQLAlchemy keeps as many


class CompiledCache:
    """A dictionary of SQLAlchemy's keys that knows the key of a cached statement by its parts being the same objects.

    A dictionary takes the hash of every column in a statement at each run: a twentieth of a page. The key of the same
    statement holds the same objects, so that comparing it with the one before takes no time. Any other key is looked
    up as always.
    """

    def __init__(self) -> None:
        self._by_key: LRUCache[Any, Any] = LRUCache(MOST)
        self._by_part: dict[int, tuple[Any, Any]] = {}

    def get(self, key: Any) -> Any:
        """Return what was compiled for `key`, or None."""
        known, compiled = self._by_part.get(id(key[1]), (None, None))
        if known == key:
            return compiled
        compiled = self._by_key.get(key)
        if compiled is not None:
            self._remember(key, compiled)
        return compiled

    def __setitem__(self, key: Any, compiled: Any) -> None:
        self._by_key[key] = compiled
        self._remember(key, compiled)

    def _remember(self, key: Any, compiled: Any) -> None:
        if len(self._by_part) >= MOST:  # mostly statements that were built for one run
            self._by_part.clear()
        # The key stays here, so that nothing else gets the id of its part.
        self._by_part[id(key[1])] = key, compiled
