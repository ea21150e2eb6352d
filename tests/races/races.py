"""Races (RFC 6749 §4.1.2 and §6, RFC 9700 §4.14.2): what holds however many ask at once.

A subclass says on which database, at which isolation, and in how many threads.
"""

from tests.races.codes import CodeRaces
from tests.races.decisions import DecisionRaces
from tests.races.deletions import DeletionRaces
from tests.races.dot_tokens import DotRaces
from tests.races.own_tokens import OwnTokenRaces
from tests.races.refresh_tokens import RefreshTokenRaces


class Races(CodeRaces, RefreshTokenRaces, DotRaces, OwnTokenRaces, DecisionRaces, DeletionRaces):
    """All of them."""
