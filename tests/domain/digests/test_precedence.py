"""What wins when somebody chose several things about the same thread."""

from itertools import product

from forum.domain.digests import precedence
from forum.domain.digests.precedence import Reason, Rule, ThreadFacts, Told
from forum.domain.digests.subscriptions import DigestPreferences
from forum.models.subscriptions import Delivery
from forum.models.themes import Axis

THREAD = ThreadFacts(7, space_id=3, axis=Axis.DENSITY, tag_ids=(11, 12))
NOTHING, AT_ONCE, DIGEST = Delivery.NOTHING, Delivery.AT_ONCE, Delivery.DIGEST


def preferences(thread, space, axis, tag, elsewhere):
    def said(key, delivery):
        return {} if delivery is None else {key: delivery}

    return DigestPreferences(
        elsewhere=elsewhere,
        threads=said(7, thread),
        spaces=said(3, space),
        axes={Axis.STRATEGY: AT_ONCE, **said(Axis.DENSITY, axis)},
        tags={99: NOTHING, **said(12, tag)},
    )


def test_the_thread_goes_first_then_nothing_then_at_once_then_the_digest_then_the_default():
    anything = (None, *Delivery)
    for thread, space, axis, tag, elsewhere, own in product(*[anything] * 4, Delivery, (True, False)):
        chose = preferences(thread, space, axis, tag, elsewhere)
        outcome = precedence.delivery(chose, THREAD, own_space=own)
        others = {space, axis, tag} - {None}
        if thread:
            assert outcome == thread
        elif others:
            assert outcome == min(others, key=[NOTHING, AT_ONCE, DIGEST].index)
        else:
            assert outcome == (DIGEST if own else elsewhere)
            assert precedence.chosen(chose, THREAD) is None
        assert precedence.reasons(chose, THREAD, own_space=own)


def test_a_reason_names_what_would_have_to_change():
    chose = preferences(None, None, DIGEST, DIGEST, NOTHING)
    both = [Reason(Rule.TAG, 12), Reason(Rule.AXIS, Axis.DENSITY)]
    assert precedence.reasons(chose, THREAD, own_space=False) == both
    assert precedence.reasons(chose, THREAD, own_space=True) == [*both, Reason(Rule.OWN_SPACE, 3)]
    muted = preferences(None, NOTHING, DIGEST, None, DIGEST)
    assert precedence.reasons(muted, THREAD, own_space=True) == [Reason(Rule.SPACE, 3)]
    assert precedence.reasons(DigestPreferences(), THREAD, own_space=False) == [Reason(Rule.ELSEWHERE, None)]
    assert precedence.reasons(preferences(AT_ONCE, NOTHING, None, None, DIGEST), THREAD, own_space=True) == [
        Reason(Rule.THREAD, 7)
    ]


def test_following_a_thread_goes_before_what_is_around_it_and_its_own_subscription_before_that():
    follows, wrote, of_space = Told(Rule.FOLLOWED), Told(Rule.WROTE), Told(space=True)
    addressed = Told(addressed=Rule.ANSWERS)
    every = (follows, wrote, of_space, addressed)
    around = preferences(None, NOTHING, DIGEST, None, NOTHING)
    elsewhere = preferences(None, None, None, None, NOTHING)
    own = preferences(NOTHING, DIGEST, DIGEST, DIGEST, DIGEST)
    for chose, taken in ((around, [follows]), (elsewhere, every), (own, [])):
        for told in every:
            outcome = precedence.delivery(chose, THREAD, own_space=False, told=told)
            assert (outcome != NOTHING) is (told in taken)
    named = [precedence.reasons(elsewhere, THREAD, own_space=False, told=told) for told in every]
    assert [[one.rule for one in reasons] for reasons in named] == [
        [Rule.FOLLOWED], [Rule.WROTE], [Rule.SPACE_FOLLOWED], [Rule.ANSWERS],
    ]  # fmt: skip
    both = [Reason(Rule.FOLLOWED, 7), Reason(Rule.OWN_SPACE, 3)]
    assert precedence.reasons(elsewhere, THREAD, own_space=True, told=follows) == both
    assert precedence.reasons(around, THREAD, own_space=True, told=wrote) == [Reason(Rule.SPACE, 3)]
