"""The triggers of the migrations are known; any other, one of the same name and a rule are not."""

import pytest
from sqlalchemy import text

from forum.domain.maintenance import triggers
from forum.infra.db import db
from tests.conftest import POSTGRES

EVIL = """CREATE FUNCTION evil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
UPDATE public.restored_copy SET released_at = restored_at; RETURN NEW; END $$"""
PLANTED = (
    {
        "refused": (
            EVIL,
            "CREATE TRIGGER refused AFTER INSERT ON heartbeat FOR EACH ROW EXECUTE FUNCTION evil()",
        ),
        "moderation_action_kept": (
            "DROP TRIGGER moderation_action_kept ON moderation_action",
            "CREATE TRIGGER moderation_action_kept BEFORE UPDATE ON moderation_action FOR EACH ROW"
            " EXECUTE FUNCTION evil()",
        ),
        "lesson_version_sealed": (
            "CREATE OR REPLACE FUNCTION refuse_sealed_change() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RETURN NEW; END $$",
        ),
        "later": ("CREATE RULE later AS ON INSERT TO heartbeat DO ALSO DELETE FROM restored_copy",),
    }
    if POSTGRES
    else {
        "refused": ("CREATE TRIGGER refused AFTER INSERT ON heartbeat BEGIN DELETE FROM restored_copy; END",),
        "lesson_version_sealed": (
            "DROP TRIGGER lesson_version_sealed",
            "CREATE TRIGGER lesson_version_sealed BEFORE UPDATE ON lesson_version"
            " BEGIN DELETE FROM restored_copy; END",
        ),
    }
)
# Triggers that call the function which was changed for another one.
SAME_FUNCTION = {"lesson_version_sealed": ["lesson_version_policy_kept"]} if POSTGRES else {}
OF_OTHERS = (
    "CREATE SCHEMA audit; CREATE TABLE audit.log (id integer); CREATE VIEW public.mine AS SELECT id FROM member;"
    f" {EVIL}; CREATE TRIGGER noted AFTER INSERT ON audit.log FOR EACH ROW EXECUTE FUNCTION evil()"
)


@pytest.fixture
def asked(live_app):
    with live_app.app_context():
        yield lambda query: sorted(db.session.scalars(text(query(is_sqlite=not POSTGRES))))
        db.session.remove()
        db.engine.dispose()


@pytest.mark.live
def test_any_trigger_or_rule_that_the_migrations_did_not_make_is_strange(asked):
    ours = sorted(triggers.ours("postgresql" if POSTGRES else "sqlite"))
    assert (asked(triggers.strange), asked(triggers.at_work)) == ([], ours)
    if POSTGRES:
        db.session.execute(text(OF_OTHERS))
        assert asked(triggers.strange) == [], "of another schema, and a view"
        db.session.execute(text("DROP FUNCTION evil() CASCADE"))
        db.session.execute(text("ALTER TABLE lesson_version DISABLE TRIGGER lesson_version_sealed"))
        assert asked(triggers.at_work) == [name for name in ours if name != "lesson_version_sealed"]
        db.session.rollback()
    strange, replaced = [], set()
    for name, statements in PLANTED.items():
        for statement in statements:
            db.session.execute(text(statement))
        changed = {name, *SAME_FUNCTION.get(name, ())}
        strange += changed
        replaced |= changed & set(ours)
        assert asked(triggers.strange) == sorted(strange)
    assert asked(triggers.at_work) == sorted(set(ours) - replaced)
