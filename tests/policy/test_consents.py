"""Who sees what an author is asked: the author alone, whatever others moderate or administer, in both directions."""

from forum.models.consents import ConsentRequest
from tests.policy import consent_rows, people
from tests.policy.tables import differences, read, who_is_told, who_sees

REQUESTS = """
                                     vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
to an author                          .   .   .   .   .   x   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
refused by an author                  .   .   .   .   .   x   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
of a round that closed                .   .   .   .   .   x   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
of a question taken back              .   .   .   .   .   x   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
to a guest                            .   .   .   x   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
to its curator                        .   .   .   .   .   .   .   x   .   .   .   .   .   .   .   .   .   .   .   .   .
to a former member                    .   .   .   .   .   .   .   .   x   .   .   .   .   .   .   .   .   .   .   .   .
to a member elsewhere                 .   .   .   .   .   .   .   .   .   .   .   .   .   x   .   .   .   .   .   .   .
to a suspended member                 .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
to an administrator                   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   x   .   .
"""
TABLES = {ConsentRequest: (REQUESTS, consent_rows.requests)}


def test_only_their_author_sees_questions_and_answers(session):
    town = people.build()
    expected, rows = read(REQUESTS), consent_rows.requests(town)
    assert differences(expected, who_sees(ConsentRequest, rows, town)) == []
    assert differences(expected, who_is_told(rows, town)) == []
