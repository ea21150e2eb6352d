"""Authorization details, whatever is sent (RFC 9396 §5 and §6): read or refused, and never widened."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauth_provider.protocol import authorization_details as rar
from oauth_provider.protocol.authorization_details import AuthorizationDetailsType
from oauth_provider.protocol.details_requirement import DetailsRequirement
from oauth_provider.protocol.errors import InvalidAuthorizationDetails

LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
)
NAMES = st.sampled_from(["actions", "amount", "locations", "identifier"])
DETAILS = st.builds(
    lambda name, members: {**members, "type": name},
    st.sampled_from(["a", "b"]),
    st.dictionaries(NAMES, VALUES | st.lists(st.sampled_from(["read", "write", 1, True]), max_size=3), max_size=4),
)
TYPES = {name: AuthorizationDetailsType(name, narrowable=["actions"]) for name in ("a", "b")}


@pytest.mark.spec("RFC 9396", "5")
@given(st.text(max_size=60) | VALUES.map(json.dumps) | st.lists(DETAILS, max_size=3).map(json.dumps))
def test_whatever_comes_is_read_or_refused(text: str) -> None:
    try:
        elements = rar.parse_details(text)
    except InvalidAuthorizationDetails:
        return
    for element in elements:
        # What is kept comes back as it was, and can be shown, compared and sent again.
        assert rar.canonical(json.loads(json.dumps(element))) == rar.canonical(element)
        assert all(isinstance(cell, str) for row in rar.flatten(element) for cell in row)
        assert DetailsRequirement("a", {"actions": "read"}).met_by([element], "https://api.example.com/") in (
            None,
            element,
        )


@pytest.mark.spec("RFC 9396", "6")
@given(st.lists(DETAILS, max_size=3), st.lists(DETAILS, min_size=1, max_size=3))
def test_what_is_narrowed_was_granted(granted: list[Any], asked: list[Any]) -> None:
    try:
        narrowed = rar.narrow_details(asked, granted, TYPES)
    except InvalidAuthorizationDetails:
        return
    for one in narrowed:
        whole = [other for other in granted if rar.is_part(one, other, ["actions"])]
        assert whole
        assert all(
            rar.canonical(one[name]) == rar.canonical(other[name])
            for other in whole
            for name in one
            if name != "actions"
        )
