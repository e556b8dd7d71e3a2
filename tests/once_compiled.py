"""What every application of a run compiles alike, compiled once in a process: its routes and its statements.

Tests make some hundreds of applications. Each would compile all its routes, which takes it most of its start, and every
statement anew, whatever another one on the same kind of database knows already.
"""

from typing import Any

from werkzeug.routing import Rule

from forum.infra import compiled_cache, db


class SharedCache(compiled_cache.CompiledCache):
    """What was compiled for one engine serves the others of its dialect, which differ in no setting."""

    def get(self, key: Any) -> Any:
        """Return what was compiled for `key`, or None."""
        return super().get((key[0].name, *key[1:]))

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__((key[0].name, *key[1:]), compiled)


def share() -> None:
    """Let the applications of this process share what they compile."""
    statements = SharedCache()
    db.CompiledCache = lambda: statements  # type: ignore[assignment,misc]
    builders: dict[tuple[Any, ...], Any] = {}
    compile_builder = Rule._compile_builder

    def kept(rule: Rule, append_unknown: bool = True) -> Any:
        # A builder takes its rule as an argument, and has nothing of it but these.
        key = (rule.rule, tuple(rule._trace), append_unknown)
        if rule.defaults:
            return compile_builder(rule, append_unknown)
        if key not in builders:
            builders[key] = compile_builder(rule, append_unknown)
        return builders[key]

    Rule._compile_builder = kept  # type: ignore[method-assign]
