"""`flask thread recount` and `flask lesson recount` bring back what lists show, and change nothing that is right."""

from sqlalchemy import delete, select, update

from forum.domain.lessons.library import Choice, counts
from forum.domain.threads import lists
from forum.infra.db import db
from forum.models.lessons import Lesson
from forum.models.library import LibraryCount
from forum.models.spaces import Audience
from forum.models.threads import Thread, ThreadCity
from tests.factories import actor, make_member, make_post, make_space, make_thread
from tests.lesson_scenario import build


def test_threads_are_counted_from_their_posts(app):
    gent, genk = make_space("Gent", city="gent"), make_space("Genk", city="genk")
    leen, karim = make_member("Leen", space=gent), make_member("Karim", space=genk)
    thread = make_thread(gent, leen, audience=Audience.NETWORK)
    make_post(thread, karim)
    right = (thread.post_count, thread.cities, thread.answered_at)
    for spoilt in (True, False):
        if spoilt:
            db.session.execute(delete(ThreadCity))
            db.session.execute(update(Thread).values(post_count=1, cities=["aalst"], answered_at=None))
            db.session.expire_all()
            assert lists.cities_of_the_week(actor(karim)) == []
        answer = app.test_cli_runner().invoke(args=["thread", "recount"])
        assert (answer.exit_code, "1 threads" in answer.output) == (0, True), answer.output
        again = db.session.get_one(Thread, thread.id, populate_existing=True)
        assert (again.post_count, again.cities, again.answered_at) == right
        assert set(lists.cities_of_the_week(actor(karim))) == {"gent", "genk"}


def test_the_library_is_counted_from_its_lessons(app):
    scenario = build()
    reader = scenario.actor("reader")
    scenario.published()
    before = counts(reader, Choice())
    keys = select(Lesson.applied_in, Lesson.certainty, Lesson.due_quarter)
    kept = db.session.execute(keys).all()
    db.session.execute(delete(LibraryCount))
    db.session.execute(update(Lesson).values(applied_in=7, certainty=7, due_quarter=7))
    db.session.flush()
    assert counts(reader, Choice()).total == 0
    answer = app.test_cli_runner().invoke(args=["lesson", "recount"])
    assert answer.exit_code == 0, answer.output
    assert counts(reader, Choice()) == before
    assert before.total == 1
    assert db.session.execute(keys).all() == kept
