"""Who sees memberships, invitations and requests: every person, every state, both directions."""

import pytest

from forum.models.spaces import Invitation, JoinRequest, Membership
from tests.policy import belonging_rows, people
from tests.policy.tables import differences, read, who_is_told, who_sees, without_strangers

MEMBERSHIPS = """
                                     vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
of a guest                            .   .   .   x   x   x   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
of a member                           .   .   .   x   x   x   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
of a moderator                        .   .   .   x   x   x   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
of a suspended member                 .   .   .   x   x   x   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
of a former member                    .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
of a former moderator                 .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
of who has another role now           .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
elsewhere                             .   .   .   .   .   .   .   .   .   .   .   .   x   x   x   .   .   .   .   .   .
elsewhere, ended                      .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
unlisted                              .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
"""
INVITATIONS = """
                                     vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                                  .   .   .   .   .   .   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
by a former moderator                 .   .   .   .   .   .   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
over                                  .   .   .   .   .   .   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
accepted                              .   .   .   .   .   .   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
withdrawn                             .   .   .   .   .   .   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
elsewhere                             .   .   .   .   .   .   .   .   .   .   .   .   .   .   x   .   .   .   .   .   .
unlisted                              .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
"""
REQUESTS = """
                                     vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                                  .   .   .   .   .   .   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
of somebody not let in                .   .   .   .   .   .   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
answered with yes                     .   .   .   .   .   .   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
answered with no                      .   .   .   .   .   .   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
elsewhere                             .   .   .   .   .   .   .   .   .   .   .   .   .   .   x   .   .   .   .   .   .
unlisted                              .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
"""
TABLES = {
    Membership: (MEMBERSHIPS, belonging_rows.memberships),
    Invitation: (INVITATIONS, belonging_rows.invitations),
    JoinRequest: (REQUESTS, belonging_rows.requests),
}


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_who_sees_who_belongs_and_who_is_told_of_it(session, model):
    text, rows_of = TABLES[model]
    town = people.build()
    expected, rows = read(text), rows_of(town)
    assert differences(expected, who_sees(model, rows, town)) == []
    assert differences(without_strangers(expected), who_is_told(rows, town)) == []
