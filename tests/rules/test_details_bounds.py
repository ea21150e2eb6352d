"""Authorization details (RFC 9396) at their bounds: the last that is taken, and the first that is not."""

import json
from typing import Any

import pytest

from oauth_provider.protocol import authorization_details as rar
from oauth_provider.protocol.details_requirement import DetailsRequirement
from oauth_provider.protocol.errors import InvalidAuthorizationDetails

API = "https://api.example.com/v1"


def taken(*elements: Any) -> int:
    return len(rar.parse_details(json.dumps(elements)))


def refused(text: str) -> None:
    with pytest.raises(InvalidAuthorizationDetails):
        rar.parse_details(text)


@pytest.mark.spec("RFC 9396", "2")
def test_there_are_between_one_and_twenty_elements() -> None:
    listed = [{"type": "a", "number": number} for number in range(rar.MAX_DETAILS + 1)]
    assert taken(listed[0]) == 1
    assert taken(*listed[:-1]) == rar.MAX_DETAILS
    refused(json.dumps(listed))
    refused("[]")


@pytest.mark.spec("RFC 9396", "2")
def test_the_longest_text_is_read() -> None:
    bare = len(json.dumps([{"type": "a", "note": ""}]))
    longest = json.dumps([{"type": "a", "note": "x" * (rar.MAX_LENGTH - bare)}])
    assert len(longest) == rar.MAX_LENGTH
    assert len(rar.parse_details(longest)) == 1
    refused(longest + " ")


@pytest.mark.spec("RFC 9396", "12")
def test_whatever_a_person_is_shown_can_be_shown() -> None:
    assert (
        taken({"type": "a", "note": "two\nlines", "amount": rar.MAX_NUMBER, "debt": -rar.MAX_NUMBER, "x": [True, None]})
        == 1
    )
    for odd in ("\x07", "\u202e", "\x85"):
        refused(json.dumps([{"type": "a", "note": odd}]))
        refused(json.dumps([{"type": "a", f"note{odd}": "x"}]))
        refused(json.dumps([{"type": "a", "deep": [{odd: 1}]}]))
    for number in (rar.MAX_NUMBER + 1, -rar.MAX_NUMBER - 1):
        refused(json.dumps([{"type": "a", "amount": number}]))


@pytest.mark.spec("RFC 9396", "6")
def test_a_type_is_never_asked_about_an_element_of_another() -> None:
    class Generous(rar.AuthorizationDetailsType):
        def narrow(self, granted: Any, requested: Any) -> Any:
            return requested

    types = {name: Generous(name) for name in ("read", "pay")}
    assert rar.narrow_details([{"type": "pay"}], [{"type": "read"}, {"type": "pay"}], types) == ({"type": "pay"},)
    with pytest.raises(InvalidAuthorizationDetails):
        rar.narrow_details([{"type": "pay"}], [{"type": "read"}], types)
    with pytest.raises(InvalidAuthorizationDetails):
        rar.narrow_details([{"type": "gone"}], [{"type": "gone"}], types)


@pytest.mark.spec("RFC 9396", "2.2")
def test_locations_are_a_list_of_texts() -> None:
    for odd in ({API: True}, 5, None, API):
        assert rar.locations_of({"type": "a", "locations": odd}) == ()
        assert not rar.is_for({"type": "a", "locations": odd}, [API])
    assert rar.locations_of({"type": "a", "locations": [API, 5]}) == (API,)


@pytest.mark.spec("RFC 9396", "9")
def test_a_member_that_is_no_list_must_be_the_very_same() -> None:
    held = [{"type": "a", "amount": {"value": 1, "currency": "EUR"}}]
    wanted = DetailsRequirement("a", {"amount": {"currency": "EUR", "value": 1}})
    assert wanted.met_by(held, API) == held[0]
    for other in ({"value": 2, "currency": "EUR"}, {"value": 1}, None, "EUR", True):
        assert DetailsRequirement("a", {"amount": other}).met_by(held, API) is None
