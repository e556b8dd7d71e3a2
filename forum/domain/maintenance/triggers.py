"""Triggers of this forum, and those that are not: somebody else's could release the mail that a restored copy holds."""

from forum.infra import search_tables
from forum.models.search import ClaimText, PostText, TitleText, VersionText

_LOG = "the moderation log is append-only"
_STEPS = "the log of a lesson is only added to"
_FORETOLD = "a sealed foretelling never changes"
_SEAL = "a sealed version never changes"
_RULES_KEPT = "a published version of rules never changes"
_SEALED = (
    "title",
    "one_sentence",
    "summary",
    "context",
    "problem",
    "what_was_done",
    "result",
    "recommendation",
)
# Words may leave a foretelling, all at once and with their salt, when an account is erased.
_KEPT = ("lesson_id", "author_id", "city", "due_on", "sha256", "sealed_at")
_REWORDED = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in ("expected", "stop_when", "salt"))
_EMPTIED = "NEW.expected = '' AND NEW.stop_when = '' AND NEW.salt = ''"
_REFUSED = (
    f"{' OR '.join(f'NEW.{name} <> OLD.{name}' for name in _KEPT)} OR (({_REWORDED}) AND NOT ({_EMPTIED}))"
)
# Words may leave a reason too.
_LEFT = "NEW.action_id <> OLD.action_id OR NEW.words <> '' OR NEW.salt <> ''"
# Since migration 0051, each as its texts and its lists.
_ADVICE = ("advice_field", "advice_head", "advice_council", "advice_government", "owner")
_OF_NOTES = ("assumptions", "open_questions", "external_sources")
# Since migration 0056: all that anybody said of it, and the seal itself.
_SAID = ("unknowns", "alternative_reading", "change_note", "outcome", "axis", "confidence")
_LISTED = ("answers", "needs", "conditions", "not_for", "addressees")
_OR_NOTHING = ("licence", "review_on", "sealed_at")


def _sealed(*columns: str, or_nothing: tuple[str, ...] = ()) -> str:
    """The guard of sealed versions on SQLite, for these columns, and for some that may hold nothing."""
    differs = [f"NEW.{name} <> OLD.{name}" for name in columns]
    changed = " OR ".join([*differs, *(f"NEW.{name} IS NOT OLD.{name}" for name in or_nothing)])
    return (
        "CREATE TRIGGER lesson_version_sealed BEFORE UPDATE ON lesson_version WHEN OLD.sealed_at IS NOT NULL"
        f" AND ({changed}) BEGIN SELECT RAISE(ABORT, '{_SEAL}'); END"
    )


# What the database itself refuses, a change of a log, of a sealed version and of what was foretold: name, table, what
# is done (on SQLite the whole trigger, on PostgreSQL the body of its function). One that a migration takes away stays
# here as long as backups from before it are brought in.
GUARDS = {
    "sqlite": {
        **{
            f"moderation_action_{verb.lower()}": (
                "moderation_action",
                f"CREATE TRIGGER moderation_action_{verb.lower()} BEFORE {verb} ON moderation_action"
                f" BEGIN SELECT RAISE(ABORT, '{_LOG}'); END",
            )
            for verb in ("UPDATE", "DELETE")
        },
        **{
            f"lesson_step_{verb.lower()}": (
                "lesson_step",
                f"CREATE TRIGGER lesson_step_{verb.lower()} BEFORE {verb} ON lesson_step"
                f" BEGIN SELECT RAISE(ABORT, '{_STEPS}'); END",
            )
            for verb in ("UPDATE", "DELETE")
        },
        **{
            f"action_link_{verb.lower()}": (
                "action_link",
                f"CREATE TRIGGER action_link_{verb.lower()} BEFORE {verb} ON action_link"
                f" BEGIN SELECT RAISE(ABORT, '{_LOG}'); END",
            )
            for verb in ("UPDATE", "DELETE")
        },
        **{
            f"{table}_kept": (
                table,
                f"CREATE TRIGGER {table}_kept BEFORE UPDATE ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{_RULES_KEPT}'); END",
            )
            for table in ("rules_version", "house_rule")
        },
        "action_reason_emptied": (
            "action_reason",
            f"CREATE TRIGGER action_reason_emptied BEFORE UPDATE ON action_reason WHEN {_LEFT}"
            f" BEGIN SELECT RAISE(ABORT, '{_LOG}'); END",
        ),
        "action_reason_kept": (
            "action_reason",
            "CREATE TRIGGER action_reason_kept BEFORE DELETE ON action_reason"
            f" BEGIN SELECT RAISE(ABORT, '{_LOG}'); END",
        ),
        "foretelling_sealed": (
            "foretelling",
            f"CREATE TRIGGER foretelling_sealed BEFORE UPDATE ON foretelling WHEN {_REFUSED}"
            f" BEGIN SELECT RAISE(ABORT, '{_FORETOLD}'); END",
        ),
        "foretelling_kept": (
            "foretelling",
            "CREATE TRIGGER foretelling_kept BEFORE DELETE ON foretelling"
            f" BEGIN SELECT RAISE(ABORT, '{_FORETOLD}'); END",
        ),
        "lesson_version_policy_kept": (
            "lesson_version",
            "CREATE TRIGGER lesson_version_policy_kept BEFORE UPDATE ON lesson_version"
            " WHEN OLD.policy_id IS NOT NULL AND NEW.policy_id IS NOT OLD.policy_id"
            f" BEGIN SELECT RAISE(ABORT, '{_SEAL}'); END",
        ),
        "lesson_version_sealed": (
            "lesson_version",
            _sealed(*_SEALED, *_ADVICE, *_SAID, *_OF_NOTES, *_LISTED, or_nothing=_OR_NOTHING),
        ),
    },
    "postgresql": {
        "moderation_action_kept": ("moderation_action", f"BEGIN RAISE EXCEPTION '{_LOG}'; END"),
        "action_link_kept": ("action_link", f"BEGIN RAISE EXCEPTION '{_LOG}'; END"),
        "action_reason_emptied": ("action_reason", f"BEGIN RAISE EXCEPTION '{_LOG}'; END"),
        "action_reason_kept": ("action_reason", f"BEGIN RAISE EXCEPTION '{_LOG}'; END"),
        "rules_version_kept": ("rules_version", f"BEGIN RAISE EXCEPTION '{_RULES_KEPT}'; END"),
        "house_rule_kept": ("house_rule", f"BEGIN RAISE EXCEPTION '{_RULES_KEPT}'; END"),
        "lesson_step_kept": ("lesson_step", f"BEGIN RAISE EXCEPTION '{_STEPS}'; END"),
        "foretelling_sealed": ("foretelling", f"BEGIN RAISE EXCEPTION '{_FORETOLD}'; END"),
        "foretelling_kept": ("foretelling", f"BEGIN RAISE EXCEPTION '{_FORETOLD}'; END"),
        "lesson_version_policy_kept": ("lesson_version", f"BEGIN RAISE EXCEPTION '{_SEAL}'; END"),
        "lesson_version_sealed": ("lesson_version", f"BEGIN RAISE EXCEPTION '{_SEAL}'; END"),
    },
}
# How a guard was before, in backups that are brought in; on PostgreSQL what it does stayed the same.
EARLIER: dict[str, tuple[dict[str, tuple[str, str]], ...]] = {
    "sqlite": (
        {"lesson_version_sealed": ("lesson_version", _sealed(*_SEALED, *_ADVICE, *_OF_NOTES))},
        {"lesson_version_sealed": ("lesson_version", _sealed(*_SEALED))},
    ),
    "postgresql": (),
}
# Those that keep the FTS5 tables of search, as the guards above.
INDEXING = {
    "sqlite": {
        name: (model.__tablename__, done)
        for model in (PostText, TitleText, VersionText, ClaimText)
        for name, done in search_tables.triggers(model).items()
    },
    "postgresql": {},
}
# As `_known` writes them: without white space, which a migration may have put elsewhere.
_SQLITE = """SELECT name FROM main.sqlite_master WHERE type = 'trigger' AND name || ' ' || tbl_name || ' '
|| replace(replace(replace(sql, ' ', ''), char(10), ''), char(9), '')"""
_OURS = """nspname = 'public' AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend WHERE deptype = 'e'
AND objid = pg_class.oid AND classid = CAST('pg_catalog.pg_class' AS regclass))"""  # none of an extension
_TABLES = "JOIN pg_catalog.pg_namespace ON pg_namespace.oid = relnamespace"
_POSTGRESQL = f"""SELECT tgname FROM pg_catalog.pg_trigger JOIN pg_catalog.pg_class ON pg_class.oid = tgrelid
{_TABLES} JOIN pg_catalog.pg_proc ON pg_proc.oid = tgfoid WHERE {_OURS} AND NOT tgisinternal
AND tgname || ' ' || relname || ' ' || translate(prosrc, ' ' || chr(9) || chr(10), '')"""  # noqa: S608 - made here
# They do what triggers do. The forum has none; those of views are its own.
_RULES = f"""SELECT rulename FROM pg_catalog.pg_rewrite JOIN pg_catalog.pg_class ON pg_class.oid = ev_class
{_TABLES} WHERE {_OURS} AND relkind IN ('r', 'p')"""  # noqa: S608


def names(*, is_sqlite: bool) -> frozenset[str]:
    """Return ours, each as its table, a space and its name."""
    known = ours("sqlite" if is_sqlite else "postgresql")
    return frozenset(f"{table} {name}" for name, (table, _done) in known.items())


def strange(*, is_sqlite: bool) -> str:
    """Return a query for the names of triggers, and rules, that are not ours or do something else than ours."""
    if is_sqlite:
        return f"{_SQLITE} NOT IN ({_known(ours('sqlite'), *EARLIER['sqlite'])})"
    return f"{_POSTGRESQL} NOT IN ({_known(ours('postgresql'), *EARLIER['postgresql'])}) UNION ALL {_RULES}"


def at_work(*, is_sqlite: bool) -> str:
    """Return a query for the names of those that are ours, and fire."""
    if is_sqlite:
        return f"{_SQLITE} IN ({_known(ours('sqlite'))})"
    return f"{_POSTGRESQL} IN ({_known(ours('postgresql'))}) AND tgenabled IN ('O', 'A')"


def ours(dialect: str) -> dict[str, tuple[str, str]]:
    """Return all that are ours on a kind of database: name, table and what is done."""
    return {**GUARDS[dialect], **INDEXING[dialect]}


def _known(*forms: dict[str, tuple[str, str]]) -> str:
    """Triggers as literals of SQL."""
    keys = (
        f"{name} {table} {''.join(done.split())}" for each in forms for name, (table, done) in each.items()
    )
    return ", ".join("'{}'".format(key.replace("'", "''")) for key in keys)
