"""Workers with the waits of `flask worker`: one is killed or frozen beside another, and its letters go out."""

import signal
import time

import pytest

from forum.models.mail import Lane, MailState
from tests.jobs.forked import Forked, Plan
from tests.jobs.workers import arrived, queue, states, until
from tests.live.served import tell
from tests.smtp_server import smtp_server

pytestmark = [pytest.mark.live, pytest.mark.proof, pytest.mark.timeout(400)]
LETTERS, TURN = 200, 5
TAKEN_WITHIN = 80.0  # seconds: 60 of silence, the beat that sees it, and the look at the table


@pytest.mark.parametrize("end", ["killed", "frozen"])
def test_what_a_worker_has_in_hand_goes_out_through_another_within_80_seconds(live_app, capsys, end):
    with smtp_server(keep_content=False) as smtp:
        smtp.misbehave("end", wait=0.02)
        queue(live_app, LETTERS)
        other = Forked(live_app, smtp.url, Plan(in_earnest=True, lanes=(Lane.DIRECT,)))
        plan = Plan("mail.made", TURN, "kill" if end == "killed" else "tell", in_earnest=True)
        ended = Forked(live_app, smtp.url, plan)
        if end == "killed":
            assert ended.ended() == -signal.SIGKILL
        else:
            ended.told.recv()
            ended.freeze()
        began, others = time.monotonic(), Forked(live_app, smtp.url, Plan(in_earnest=True))
        until(lambda: len(smtp.received) >= LETTERS - 16, 60)
        went_on = time.monotonic() - began
        until(lambda: states(live_app) == {MailState.SENT: LETTERS}, 120)
        taken = time.monotonic() - began
        if end == "frozen":
            ended.send_signal(signal.SIGCONT)
            ended.told.send("go on")
            time.sleep(15)
            assert ended.end() == 0
        assert [worker.end() for worker in (other, others)] == [0, 0]
        tell(
            capsys,
            f"{end}: others went on within {went_on:.1f} s, its 16 letters were out after {taken:.1f} s",
        )
        assert set(arrived(smtp).values()) == {1}
        assert len(arrived(smtp)) == LETTERS
        assert taken < TAKEN_WITHIN
