"""Requests as rows hold them: what is written is read again, and nothing else is."""

import json
from typing import Any

import pytest

from oauth_provider.authorization.request import Source, from_pairs
from oauth_provider.authorization.stored_request import from_stored, to_stored
from oauth_provider.models.stored_request import StoredRequest
from oauth_provider.protocol.errors import InvalidRequest
from tests.each import each

pytestmark = pytest.mark.spec("RFC 9126", "2.2")

PAIRS = (("client_id", "photos"), ("resource", "https://a.example"), ("resource", "https://b.example"))


def as_read(stored: StoredRequest) -> Any:
    return json.loads(json.dumps(stored.to_json()))


@pytest.mark.parametrize(
    "stored",
    [
        StoredRequest(PAIRS),
        StoredRequest(PAIRS, source="pushed", pushed=7, signed=True, shown="a digest", sid="another"),
    ],
)
def test_what_is_written_is_read_again(stored: StoredRequest) -> None:
    assert StoredRequest.from_json(as_read(stored)) == stored


@each(
    ("kept", "expected"),
    [
        ({"pairs": [["client_id", "photos"]]}, StoredRequest((("client_id", "photos"),))),
        ({"pairs": [], "signed": True}, StoredRequest((), signed=True)),
        (
            {"pairs": [], "pushed": None, "source": "signed", "signed": True, "shown": "a digest", "sid": ""},
            StoredRequest((), source="signed", signed=True, shown="a digest"),
        ),
    ],
)
def test_a_row_from_before_there_were_versions_is_read(kept: Any, expected: StoredRequest) -> None:
    assert StoredRequest.from_json(kept) == expected


@each(
    "change",
    [
        {"version": 2},
        {"version": None},
        {"pairs": {"client_id": "photos"}},
        {"pairs": [["client_id", "photos", "and more"]]},
        {"pairs": [["client_id", 1]]},
        {"pairs": ["id"]},
        {"pushed": "7"},
        {"pushed": True},
        {"signed": 1},
        {"source": None},
        {"shown": None},
        {"sid": ["a"]},
        {"scope": "admin"},
    ],
)
def test_anything_else_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        StoredRequest.from_json(as_read(StoredRequest(PAIRS)) | change)


@each("kept", [None, [], "pairs", {}, {"version": 1}])
def test_no_request_is_made_of_what_has_none(kept: Any) -> None:
    with pytest.raises(InvalidRequest):
        StoredRequest.from_json(kept)


def test_a_request_comes_back_as_it_was_checked() -> None:
    request = from_pairs([*PAIRS, ("scope", "notes:read")], source=Source.SIGNED, signed=True)
    assert from_stored(to_stored(request)) == request


def test_a_parameter_that_nobody_knows_is_not_stored() -> None:
    assert to_stored(from_pairs([*PAIRS, ("color", "red")])).pairs == PAIRS


def test_a_request_that_has_a_name_is_stored_by_it() -> None:
    name = (("client_id", "photos"), ("request_uri", "urn:a"))
    stored = to_stored(from_pairs(PAIRS, source=Source.PUSHED, pushed=7, name=name))
    assert stored == StoredRequest(name)


def test_a_request_of_no_known_source_is_refused() -> None:
    with pytest.raises(InvalidRequest):
        from_stored(StoredRequest(PAIRS, source="pigeon"))
