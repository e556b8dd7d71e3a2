"""What is written is indexed in the same transaction, whichever verb wrote it, and as a rebuild would make it."""

import random
import uuid

from sqlalchemy import delete, select, text

from forum.domain.indexing.kinds import KINDS
from forum.domain.lessons import claims, lessons
from forum.domain.threads import posts, threads
from forum.infra.db import db
from forum.infra.search_index import matches
from forum.infra.search_keys.keying import foreign, key
from forum.infra.search_questions import AllOf, AnyOf, Key
from forum.models.claims import Claim
from forum.models.lessons import LessonVersion
from forum.models.search import ClaimText, PostText, TitleText, VersionText
from forum.models.threads import Post
from forum.policy.errors import DomainError
from tests import lesson_scenario
from tests.domain.indexing.truth import assert_true_index, stored
from tests.factories import actor, make_member, make_post, make_space, make_thread

SEED, STEPS = 20_261_129, 60
WORDS = [
    "plannen",
    "voor",
    "de",
    "wijk,",
    "steden",
    "en",
    "huizen;",
    "klimaatadaptatie",
    "what",
    "works",
    "with",
    "the",
    "people",
    "café’s",
    "fietspaden",
]


def hits(model, *words: str) -> set[int]:
    query = AllOf(tuple(AnyOf((Key(key(word, {})), Key(foreign(word, "en")))) for word in words))
    return set(db.session.scalars(matches(model, query)))


def test_every_verb_that_writes_leaves_the_index_as_a_rebuild_would_make_it(app):
    ground = lesson_scenario.build()
    author, curator = actor(ground.author), actor(ground.curator)
    lesson = ground.draft()
    claim = claims.add(curator, lesson.id, text="Steden met plannen.")
    dice = random.Random(SEED)

    def some() -> str:
        return " ".join(dice.choices(WORDS, k=dice.randint(1, 12))).capitalize()

    def edit() -> None:
        post = ground.posts()[0]
        posts.edit(author, post.id, body=some(), title=some(), seen_revision=post.revision)

    verbs = (
        lambda: threads.reply(author, ground.thread.id, body=some(), idempotency_key=str(uuid.uuid4())),
        edit,
        lambda: posts.take_back(author, ground.posts()[-1].id),
        lambda: posts.put_back(author, ground.posts()[-1].id),
        lambda: claims.reword(curator, claim.id, text=some()),
        lambda: claims.add(curator, lesson.id, text=some()),
        lambda: lessons.save(
            curator,
            lesson.id,
            saved_count=db.session.get_one(LessonVersion, lesson.working_id).saved_count,
            title=some()[:90],
            summary=some(),
            conditions=[some()[:80]],
        ),
    )
    refused = 0
    for _step in range(STEPS):
        try:
            with db.session.begin_nested():
                dice.choice(verbs)()
        except DomainError:
            refused += 1
    assert refused < STEPS / 2
    assert len(stored(KINDS[-1])) > 5
    assert_true_index()


def test_a_title_and_a_post_are_found_by_their_words_until_they_have_others(app):
    space = make_space()
    author = make_member(space=space)
    thread = make_thread(space, author, title="Leegstandsregister", body="De huizen van de wijk.")
    (post,) = db.session.scalars(select(Post).where(Post.thread_id == thread.id))
    assert thread.id in hits(TitleText, "register")
    assert post.id in hits(PostText, "huis")
    assert post.id not in hits(PostText, "register"), "the title is indexed by itself"
    posts.edit(actor(author), post.id, body="De fietsen.", title="Andere titel", seen_revision=1)
    assert thread.id in hits(TitleText, "titels")
    assert not hits(TitleText, "register") & {thread.id}
    assert not hits(PostText, "huis") & {post.id}
    posts.take_back(actor(author), post.id)
    assert not hits(TitleText, "titel") & {thread.id}


def test_what_a_transaction_gives_up_is_not_in_the_index(app):
    space = make_space()
    thread = make_thread(space, author := make_member(space=space))
    before = stored(KINDS[-1])
    with db.session.begin_nested() as given_up:
        make_post(thread, author, "Zonnepanelen op het dak.")
        assert hits(PostText, "zonnepanelen")
        given_up.rollback()
    assert stored(KINDS[-1]) == before
    assert hits(PostText, "zonnepanelen") == set()


def test_rows_go_with_what_they_are_about(app):
    ground = lesson_scenario.build()
    lesson = ground.draft()
    claims.add(actor(ground.curator), lesson.id, text="Steden.")
    version = db.session.get_one(LessonVersion, lesson.working_id)
    assert hits(VersionText, "rooster") or stored(KINDS[1])
    gone = {row.id for row in ground.posts()}
    db.session.execute(delete(Claim).where(Claim.version_id == version.id))
    db.session.execute(delete(Post).where(Post.thread_id == ground.thread.id, Post.number > 1))
    assert_true_index()
    assert not gone & set(stored(KINDS[-1])) - {ground.post.id}
    assert hits(ClaimText, "stad") == set()


def test_a_lost_index_keeps_nobody_from_writing(app, caplog):
    space = make_space()
    author = make_member(space=space)
    thread = make_thread(space, author, title="De ring van de stad")
    with db.session.begin_nested() as lost:
        db.session.execute(text("ALTER TABLE post_text RENAME TO post_text_lost"))
        post = make_post(thread, author, "Dit blijft staan.")
        assert db.session.get(Post, post.id) is not None
        assert "flask search rebuild" in caplog.text
        assert thread.id in hits(TitleText, "ringen"), "titles are found all the same"
        lost.rollback()


def test_the_index_holds_text_and_nothing_about_who_may_read_it(app):
    known = {
        "terms",
        "parts",
        *(f"{place}_{name}" for place in ("title", "sentence", "body") for name in ("terms", "parts")),
    }
    for kind in KINDS:
        columns = {column.name for column in kind.index.__table__.columns}
        assert columns - {kind.key.name} <= known
