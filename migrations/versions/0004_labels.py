"""What the six axes and the four needs are called, in rows that may change: until now the code held these words.

The words are those of the code on the day of this migration, and a plain sentence about each.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

COLUMNS = ("kind", "code", "locale", "name", "sentence")
LABELS = (
    (
        "axis",
        "glokale-strategie",
        "nl",
        "Glokale strategie",
        "Hoe een stad inspeelt op wat er in de wereld gebeurt en toch dicht bij haar eigen buurten blijft.",
    ),
    (
        "axis",
        "glokale-strategie",
        "en",
        "Glocal strategy",
        "How a city responds to what happens in the world and still stays close to its own neighbourhoods.",
    ),
    (
        "axis",
        "ruimtelijke-samenhang",
        "nl",
        "Ruimtelijke samenhang (rasterstad)",
        "Hoe de stad en de gemeenten rondom als één geheel groeien, met wonen, groen en vervoer op elkaar afgestemd.",
    ),
    (
        "axis",
        "ruimtelijke-samenhang",
        "en",
        "Spatial coherence",
        "How a city and the places around it grow as one whole, with housing, green space and transport in step.",
    ),
    (
        "axis",
        "kwalitatieve-densiteit",
        "nl",
        "Kwalitatieve densiteit",
        "Hoe mensen dicht bij elkaar goed kunnen wonen en werken, met genoeg plaats en groen voor iedereen.",
    ),
    (
        "axis",
        "kwalitatieve-densiteit",
        "en",
        "Quality of density",
        "How people can live and work well close together, with enough room and green space for everyone.",
    ),
    (
        "axis",
        "innoverende-kracht",
        "nl",
        "Innoverende en creatieve kracht",
        "Hoe een stad ruimte geeft aan nieuwe ideeën en makers, en zelf nieuwe dingen uitprobeert.",
    ),
    (
        "axis",
        "innoverende-kracht",
        "en",
        "Power to innovate and create",
        "How a city makes room for new ideas and their makers, and tries new things itself.",
    ),
    (
        "axis",
        "identiteit-diversiteit",
        "nl",
        "Identiteit vanuit diversiteit",
        "Hoe mensen met een verschillende achtergrond zich samen thuis voelen in hun stad.",
    ),
    (
        "axis",
        "identiteit-diversiteit",
        "en",
        "Identity out of diversity",
        "How people of different backgrounds come to feel at home in their city together.",
    ),
    (
        "axis",
        "solidaire-stadspolis",
        "nl",
        "Solidaire stadspolis",
        "Hoe een stad ervoor zorgt dat iedereen meetelt, mee beslist en krijgt wat nodig is.",
    ),
    (
        "axis",
        "solidaire-stadspolis",
        "en",
        "City of solidarity",
        "How a city makes sure that everyone counts, has a say and gets what they need.",
    ),
    (
        "need",
        "facts",
        "nl",
        "Feiten",
        "Wat gebeurt er in steden?",
    ),
    (
        "need",
        "facts",
        "en",
        "Facts",
        "What happens in cities?",
    ),
    (
        "need",
        "stories",
        "nl",
        "Verhalen",
        "Hoe pak je het aan, wat werkt en wat niet?",
    ),
    (
        "need",
        "stories",
        "en",
        "Stories",
        "How is it done, what works and what does not?",
    ),
    (
        "need",
        "discussion",
        "nl",
        "Discussie",
        "Waarom zo? Moet het anders?",
    ),
    (
        "need",
        "discussion",
        "en",
        "Discussion",
        "Why this way? Should it be different?",
    ),
    (
        "need",
        "action",
        "nl",
        "Actie",
        "Wat doen we ermee?",
    ),
    (
        "need",
        "action",
        "en",
        "Action",
        "What do we do with it?",
    ),
)


def upgrade() -> None:
    table = op.create_table(
        "label",
        sa.Column(
            "kind",
            sa.Enum(
                "axis",
                "need",
                name="labelkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("sentence", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("kind", "code", "locale", name=op.f("pk_label")),
    )
    op.bulk_insert(table, [dict(zip(COLUMNS, label, strict=True)) for label in LABELS])


def downgrade() -> None:
    op.drop_table("label")
