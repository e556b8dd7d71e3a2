"""The terms that the policy of the network names, as the settings of today say them."""

from flask import current_app

from forum.domain.house_rules.versions import Terms


def of_today() -> Terms:
    """Return what holds for what is published, asked or confirmed from now on."""
    config = current_app.config
    return Terms(config["REVIEW_MONTHS"], config["ANSWER_WORKDAYS"], config["CONFIRMING_CITIES"])
