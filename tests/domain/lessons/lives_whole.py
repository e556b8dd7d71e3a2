"""A whole walk: all the rules, and what is asked after each of them."""

from hypothesis.stateful import invariant

from tests.domain.lessons import lives_hold, lives_read
from tests.domain.lessons.lives_after import After


class Life(After):
    """One lesson, from its beginning to wherever the walk leads."""

    looked = None

    @invariant()
    def it_holds(self):
        if self.lesson_id is None:
            return
        lives_hold.chain(self.lesson_id)
        lesson, now = self.lesson, lives_hold.life(self.lesson_id)
        if lesson is None or now == self.looked:  # what readers get changes with it
            return
        self.looked = now
        if lesson.current_id is not None:
            lives_read.has_words(lesson)
        lives_read.readers(self.town, lesson, self.kept)
        lives_read.disputes(self.town, lesson, self.kept)

    @invariant()
    def it_is_confirmed_only_by_other_cities(self):
        lesson = self.lesson if self.lesson_id is not None else None
        if lesson is not None and lesson.confirmed_at is not None:
            assert lives_hold.is_well_applied(lesson), "confirmed, and two other cities did not apply it"
