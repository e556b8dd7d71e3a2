"""psycopg reads a statement for its parameters once, also a long one: those of pages carry the visibility rule."""

import psycopg._queries
from psycopg._transformer import Transformer

from forum.infra import connections
from forum.models.threads import Thread
from forum.policy.readers import reader_param
from forum.policy.visibility import visible


def test_a_statement_of_a_page_is_split_once(monkeypatch):
    assert len(str(visible(Thread, reader_param(signed_in=True)))) < connections.LONGEST_KEPT
    split, asked = psycopg._queries._split_query, []
    monkeypatch.setattr(psycopg._queries, "_split_query", lambda *given: asked.append(given) or split(*given))
    statement = b"SELECT %(one)s " + b"x" * (connections.LONGEST_KEPT - 100)
    for number in (1, 2, 3):
        psycopg._queries.PostgresQuery(Transformer()).convert(statement, {"one": number})
    assert len(asked) == 1
