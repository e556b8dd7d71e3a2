"""What a page weighs on its way to a phone, apart from the typefaces, which stay there for a year."""

import json
import re

from forum.infra.db import db
from tests.factories import make_member, make_post, make_space, make_thread, sign_in
from tests.rules.source import ROOT

BAR = 40_000  # bytes; was 30,000 before the page carried quotes, answers and a list of its posts
PACKED = {"Accept-Encoding": "gzip"}
LINKED = re.compile(r'(?:href|src)="(/static/[^"]+\.(?:css|js|svg))"')
MODULES = re.compile(
    r'\["([^"]+)", "\./([\w-]+\.js)"\]'
)  # a hook, and the script that is fetched where it stands
IMPORTED = re.compile(r'^import .* from "\./([\w-]+\.js)"', re.M)
HOOKS = re.compile(r"\[(data-[\w-]+|method=post)\]")
TALKS = json.loads((ROOT / "demo" / "demo_nl.json").read_text())["threads"]


def test_a_thread_on_a_first_visit_stays_light(client, session):
    gent = make_space("Gent", city="gent")
    thread = make_thread(
        gent, make_member("Leen", space=gent), title=TALKS[0]["title"], body=TALKS[0]["body"]
    )
    for number, talk in enumerate(
        TALKS[1:20], 2
    ):  # a full page of real sentences, each once: they compress least
        make_post(thread, make_member(f"Noor {number}", space=gent), talk["body"][:600])
    sign_in(client, make_member("Aicha", space=gent))
    db.session.commit()
    page = client.get(f"/threads/{thread.id}-{thread.slug}", headers=PACKED)
    shown = client.get(f"/threads/{thread.id}-{thread.slug}").text
    assert shown.count("Noor ") >= 19
    files = set(LINKED.findall(shown))
    (start,) = [address for address in files if address.endswith(".js")]
    files |= {
        start.replace("forum.js", name)
        for selector, name in MODULES.findall(client.get(start).text)
        if any(hook.replace("=post", '="post"') in shown for hook in HOOKS.findall(selector))
    }
    files |= {
        start.replace("forum.js", name)
        for path in files
        if path.endswith(".js")
        for name in IMPORTED.findall(client.get(path).text)
    }
    weights = {path: len(client.get(path, headers=PACKED).data) for path in files} | {"page": len(page.data)}
    assert page.headers["Content-Encoding"] == "gzip"
    assert len(files) >= 10
    assert sum(weights.values()) < BAR, weights
