"""Who sees spaces, threads and posts: every person, every state, both directions."""

import pytest

from forum.models.spaces import Space
from forum.models.threads import Post, Thread
from tests.policy import people, thread_rows
from tests.policy.tables import differences, read, who_is_told, who_sees, without_strangers

THREADS = """
                                     vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
space                                 .   .   .   x   x   x   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
space, locked                         .   .   .   x   x   x   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
space, hidden                         .   .   .   .   .   x   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
space, withdrawn                      .   .   .   .   .   x   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
space, hidden and withdrawn           .   .   .   .   .   x   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
network                               .   .   .   x   x   x   x   x   .   .   .   .   .   x   x   .   .   x   x   .   .
network, locked                       .   .   .   x   x   x   x   x   .   .   .   .   .   x   x   .   .   x   x   .   .
network, hidden                       .   .   .   .   .   x   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
network, withdrawn                    .   .   .   .   .   x   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
network, hidden and withdrawn         .   .   .   .   .   x   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
public                                x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x
public, locked                        x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x
public, hidden                        .   .   .   .   .   x   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
public, withdrawn                     .   .   .   .   .   x   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
public, hidden and withdrawn          .   .   .   .   .   x   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
space, by a guest, hidden             .   .   .   x   .   .   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
space, by a former member             .   .   .   x   x   x   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
public, by a former member, hidden    .   .   .   .   .   .   x   x   x   .   .   .   .   .   .   .   .   .   .   .   .
public, by a suspended one, hidden    .   .   .   .   .   .   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
public, by one not let in, withdrawn  .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
network, from elsewhere, hidden       .   .   .   .   .   .   x   x   .   .   .   .   .   x   .   .   .   .   .   .   .
network, merged into another          .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
elsewhere, space                      .   .   .   .   .   .   .   .   .   .   .   .   x   x   x   .   .   .   .   .   .
elsewhere, network                    .   .   .   .   x   x   x   x   .   .   .   .   x   x   x   .   .   x   x   .   .
elsewhere, public, hidden             .   .   .   .   .   .   .   .   .   .   .   .   .   .   x   .   .   .   .   .   .
unlisted, space                       .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
"""
POSTS = """
                                     vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
in space                              .   .   .   x   x   x   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
in network                            .   .   .   x   x   x   x   x   .   .   .   .   .   x   x   .   .   x   x   .   .
in public                             x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x
in space, hidden                      .   .   .   .   .   x   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
in public, hidden                     .   .   .   .   .   x   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
in network, withdrawn                 .   .   .   .   .   x   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
hidden, in space                      .   .   .   x   x   x   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
deleted, in network                   .   .   .   x   x   x   x   x   .   .   .   .   .   x   x   .   .   x   x   .   .
hidden and deleted, in public         x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x
from elsewhere, in space, hidden      .   .   .   .   .   x   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
in elsewhere, space                   .   .   .   .   .   .   .   .   .   .   .   .   x   x   x   .   .   .   .   .   .
"""
SPACES = """
                                     vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
empty                                 .   .   .   x   x   x   x   x   .   .   .   .   .   x   x   .   .   x   x   .   .
with a network thread                 .   .   .   x   x   x   x   x   .   .   .   .   .   x   x   .   .   x   x   .   .
with a public thread                  x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x
with a locked public thread           x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x
with a hidden public thread           .   .   .   x   x   x   x   x   .   .   .   .   .   x   x   .   .   x   x   .   .
with a withdrawn public thread        .   .   .   x   x   x   x   x   .   .   .   .   .   x   x   .   .   x   x   .   .
with a hidden and an open one         x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x
unlisted                              .   .   .   x   x   x   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
unlisted, something public left       .   .   .   x   x   x   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
deserted                              .   .   .   .   x   x   x   x   .   .   .   .   .   x   x   .   .   x   x   .   .
deserted, with a public thread        x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x
deserted and unlisted                 .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
"""
TABLES = {
    Thread: (THREADS, thread_rows.threads),
    Post: (POSTS, thread_rows.posts),
    Space: (SPACES, thread_rows.spaces),
}


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_who_sees_what_is_said_and_who_is_told_of_it(session, model):
    text, rows_of = TABLES[model]
    town = people.build()
    expected, rows = read(text), rows_of(town)
    assert differences(expected, who_sees(model, rows, town)) == []
    assert differences(without_strangers(expected), who_is_told(rows, town)) == []
