"""Who sees lessons, versions, claims and adoption reports: every person, every state, both directions."""

import pytest

from forum.models.adoptions import AdoptionReport
from forum.models.claims import Claim
from forum.models.lessons import Lesson, LessonVersion
from tests.policy import lesson_rows, people
from tests.policy.tables import differences, read, who_is_told, who_sees, without_strangers

LESSONS = """
                                     vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
space, draft                          .   .   .   .   .   .   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
network, draft                        .   .   .   .   .   .   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
public, draft                         .   .   .   .   .   .   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
space, returned                       .   .   .   .   .   .   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
network, returned                     .   .   .   .   .   .   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
public, returned                      .   .   .   .   .   .   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
space, in review                      .   .   .   .   .   .   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
network, in review                    .   .   .   .   .   .   x   x   .   .   .   .   .   .   x   .   .   x   x   .   .
public, in review                     .   .   .   .   .   .   x   x   .   .   .   .   .   .   x   .   .   x   x   .   .
space, published                      .   .   .   x   x   x   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
network, published                    .   .   .   x   x   x   x   x   .   .   .   .   .   x   x   .   .   x   x   .   .
public, published                     x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x
space, new draft                      .   .   .   x   x   x   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
network, new draft                    .   .   .   x   x   x   x   x   .   .   .   .   .   x   x   .   .   x   x   .   .
public, new draft                     x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x
space, new in review                  .   .   .   x   x   x   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
network, new in review                .   .   .   x   x   x   x   x   .   .   .   .   .   x   x   .   .   x   x   .   .
public, new in review                 x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x
space, published twice                .   .   .   x   x   x   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
network, published twice              .   .   .   x   x   x   x   x   .   .   .   .   .   x   x   .   .   x   x   .   .
public, published twice               x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x
away, network, draft                  .   .   .   .   .   .   .   .   .   .   .   .   .   .   x   .   .   .   .   .   .
away, network, in review              .   .   .   .   .   .   x   x   .   .   .   .   .   .   x   .   .   x   x   .   .
away, network, published              .   .   .   .   x   x   x   x   .   .   .   .   x   x   x   .   .   x   x   .   .
away, space, in review                .   .   .   .   .   .   .   .   .   .   .   .   .   .   x   .   .   .   .   .   .
unlisted, space, published            .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
"""
VERSIONS = """
                                     vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
space, draft: draft                   .   .   .   .   .   .   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
network, draft: draft                 .   .   .   .   .   .   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
public, draft: draft                  .   .   .   .   .   .   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
space, returned: returned             .   .   .   .   .   .   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
space, returned: draft                .   .   .   .   .   .   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
network, returned: returned           .   .   .   .   .   .   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
network, returned: draft              .   .   .   .   .   .   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
public, returned: returned            .   .   .   .   .   .   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
public, returned: draft               .   .   .   .   .   .   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
space, in review: returned            .   .   .   .   .   .   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
space, in review: handed in           .   .   .   .   .   .   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
network, in review: returned          .   .   .   .   .   .   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
network, in review: handed in         .   .   .   .   .   .   x   x   .   .   .   .   .   .   x   .   .   x   x   .   .
public, in review: returned           .   .   .   .   .   .   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
public, in review: handed in          .   .   .   .   .   .   x   x   .   .   .   .   .   .   x   .   .   x   x   .   .
space, published: 1.0                 .   .   .   x   x   x   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
network, published: 1.0               .   .   .   x   x   x   x   x   .   .   .   .   .   x   x   .   .   x   x   .   .
public, published: 1.0                x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x
space, new draft: 1.0                 .   .   .   x   x   x   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
space, new draft: draft               .   .   .   .   .   .   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
network, new draft: 1.0               .   .   .   x   x   x   x   x   .   .   .   .   .   x   x   .   .   x   x   .   .
network, new draft: draft             .   .   .   .   .   .   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
public, new draft: 1.0                x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x
public, new draft: draft              .   .   .   .   .   .   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
space, new in review: 1.0             .   .   .   x   x   x   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
space, new in review: returned        .   .   .   .   .   .   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
space, new in review: handed in       .   .   .   .   .   .   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
network, new in review: 1.0           .   .   .   x   x   x   x   x   .   .   .   .   .   x   x   .   .   x   x   .   .
network, new in review: returned      .   .   .   .   .   .   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
network, new in review: handed in     .   .   .   .   .   .   x   x   .   .   .   .   .   .   x   .   .   x   x   .   .
public, new in review: 1.0            x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x
public, new in review: returned       .   .   .   .   .   .   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
public, new in review: handed in      .   .   .   .   .   .   x   x   .   .   .   .   .   .   x   .   .   x   x   .   .
space, published twice: 1.0           .   .   .   x   x   x   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
space, published twice: 1.1           .   .   .   x   x   x   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
network, published twice: 1.0         .   .   .   x   x   x   x   x   .   .   .   .   .   x   x   .   .   x   x   .   .
network, published twice: 1.1         .   .   .   x   x   x   x   x   .   .   .   .   .   x   x   .   .   x   x   .   .
public, published twice: 1.0          x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x
public, published twice: 1.1          x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x
away, network, draft: draft           .   .   .   .   .   .   .   .   .   .   .   .   .   .   x   .   .   .   .   .   .
away, network, in review: returned    .   .   .   .   .   .   .   .   .   .   .   .   .   .   x   .   .   .   .   .   .
away, network, in review: handed in   .   .   .   .   .   .   x   x   .   .   .   .   .   .   x   .   .   x   x   .   .
away, network, published: 1.0         .   .   .   .   x   x   x   x   .   .   .   .   x   x   x   .   .   x   x   .   .
away, space, in review: returned      .   .   .   .   .   .   .   .   .   .   .   .   .   .   x   .   .   .   .   .   .
away, space, in review: handed in     .   .   .   .   .   .   .   .   .   .   .   .   .   .   x   .   .   .   .   .   .
unlisted, space, published: 1.0       .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
"""
# A claim is read with the version that it stands in.
CLAIMS = VERSIONS
# Reports are about what readers could apply: until a version is published nobody sees any.
ADOPTIONS = """
                                     vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
space, draft                          .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
network, draft                        .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
public, draft                         .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
space, returned                       .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
network, returned                     .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
public, returned                      .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
space, in review                      .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
network, in review                    .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
public, in review                     .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
space, published                      .   .   .   x   x   x   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
network, published                    .   .   .   x   x   x   x   x   .   .   .   .   .   x   x   .   .   x   x   .   .
public, published                     x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x
space, new draft                      .   .   .   x   x   x   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
network, new draft                    .   .   .   x   x   x   x   x   .   .   .   .   .   x   x   .   .   x   x   .   .
public, new draft                     x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x
space, new in review                  .   .   .   x   x   x   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
network, new in review                .   .   .   x   x   x   x   x   .   .   .   .   .   x   x   .   .   x   x   .   .
public, new in review                 x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x
space, published twice                .   .   .   x   x   x   x   x   .   .   .   .   .   .   .   .   .   .   .   .   .
network, published twice              .   .   .   x   x   x   x   x   .   .   .   .   .   x   x   .   .   x   x   .   .
public, published twice               x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x
away, network, draft                  .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
away, network, in review              .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
away, network, published              .   .   .   .   x   x   x   x   .   .   .   .   x   x   x   .   .   x   x   .   .
away, space, in review                .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
unlisted, space, published            .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
"""
TABLES = {
    Lesson: (LESSONS, lesson_rows.lessons),
    LessonVersion: (VERSIONS, lesson_rows.versions),
    Claim: (CLAIMS, lesson_rows.claims),
    AdoptionReport: (ADOPTIONS, lesson_rows.adoptions),
}


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_who_sees_what_is_learnt_and_who_is_told_of_it(session, model):
    text, rows_of = TABLES[model]
    town = people.build()
    expected, rows = read(text), rows_of(town)
    assert differences(expected, who_sees(model, rows, town)) == []
    assert differences(without_strangers(expected), who_is_told(rows, town)) == []
