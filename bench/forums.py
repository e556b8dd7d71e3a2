"""Forums of some size in PostgreSQL, made and served by a checkout: this one, or another to compare it with."""

import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.pages import Page
from bench.processes import ROOT, run_quietly, served

SECRET = "bench-only-" + "x" * 32


@dataclass(frozen=True)
class Forum:
    """A forum that stands ready: whose code it is, how many posts it has, and what `bench.prepare` said of it."""

    root: Path
    posts: int
    environment: Mapping[str, str]
    told: Mapping[str, Any]

    @property
    def here(self) -> bool:
        """Whether it is made by this checkout and not by the one beside it."""
        return self.root == ROOT

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.posts:,} posts{'' if self.here else ', beside'}"

    @property
    def pages(self) -> list[Page]:
        """What is measured on it."""
        return [Page(**page) for page in self.told["pages"]]


def settings(url: str, folder: str) -> dict[str, str]:
    """The environment of a forum with the database at `url` and its files in a folder."""
    return {
        **os.environ,
        "DATABASE_URL": url,
        "INSTANCE": folder,
        "SECRET_KEY": SECRET,
        "FORUM_ENV": "development",
        "FORUM_DEMO": "0",
        "FLASK_DEBUG": "0",
    }


@contextmanager
def made(root: Path, url: str, posts: int, at: str) -> Iterator[Forum]:
    """Let a checkout fill the empty database at `url`."""
    with tempfile.TemporaryDirectory(prefix="leerkring-bench-") as folder:
        environment = settings(url, folder)
        command = [sys.executable, "-m", "bench.prepare", f"--posts={posts}", f"--at={at}"]
        told = json.loads(run_quietly(command, environment, root=root))
        yield Forum(root, posts, environment, told)


@contextmanager
def open_forum(forum: Forum, core: set[int]) -> Iterator[tuple[int, int]]:
    """Serve it on one core; gives its port and the id of its first process."""
    with served("app:app", forum.environment, "/healthz", core, root=forum.root) as place:
        yield place
