"""A click or a key that leads to another page is done when that page is there.

Chromium says that it goes to an address as soon as the answer begins; what is counted or measured at once would find
half a page on a slow machine. Pages without scripts have no other sign that they are whole.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

ACTS = ("click", "tap", "press", "check", "uncheck", "select_option")


@contextmanager
def whole_pages() -> Iterator[None]:
    """Until the end of this block every act on a page waits for the page that it leads to."""
    with pytest.MonkeyPatch.context() as patch:
        for act in ACTS:
            patch.setattr(Page, act, _waiting(getattr(Page, act), lambda page: page))
            patch.setattr(Locator, act, _waiting(getattr(Locator, act), lambda locator: locator.page))
        yield


def _waiting(act: Callable[..., Any], page_of: Callable[[Any], Page]) -> Callable[..., Any]:
    @wraps(act)
    def done(self: Any, *args: Any, **options: Any) -> Any:
        result = act(self, *args, **options)
        page = page_of(self)
        if not page.is_closed() and not options.get("no_wait_after"):
            page.wait_for_load_state("domcontentloaded")
        return result

    return done
