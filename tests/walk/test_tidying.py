"""What a walk leaves behind (RFC 7009): no token, or the word that one may live."""

import json
import re

import pytest

from oauth_provider.walk.steps.token_endpoint import revoke
from tests.demo.server import free_port
from tests.walk.conftest import options, walk
from tests.walk.fake_server import page
from tests.walk.test_misbehaviour import at

LEFT = re.compile(r"Not revoked, and perhaps still good: (refresh token …\w{4}, access token …\w{4}(, )?)+\.$")
CLAIMS = ("Tidied up", "are revoked", "is revoked")


def closed(path, answer):
    """Nothing can be revoked here today."""
    return page("Closed", 503) if path == "revocation" else answer


def without_revocation(path, answer):
    """A server that has no such endpoint."""
    return answer.saying(revocation_endpoint=None) if path == "metadata" else answer


def interrupted(monkeypatch, name="steps.authorization_code.look_inside"):
    """Ctrl-C, at some point of the walk."""

    def interrupt(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(f"oauth_provider.walk.{name}", interrupt)


def claims(outcome):
    """What is said to be revoked."""
    return [claim for claim in CLAIMS if claim in outcome.text + outcome.error]


def test_a_walk_to_its_end_leaves_no_token(fake):
    server = fake()
    outcome = walk(*options(server))
    assert (outcome.error, server.living) == ("", [])
    assert "Tidied up: every token that is shown above is revoked." in outcome.text


def test_where_no_token_was_issued_none_is_said_to_be_revoked(fake):
    assert claims(walk(*options(fake(at("metadata", lambda one: page("Hello")))))) == []


@pytest.mark.spec("RFC 7009", "2.2.1")
def test_what_the_server_did_not_revoke_is_not_said_to_be(fake):
    outcome = walk(*options(fake(closed)))
    assert claims(outcome) == []
    assert "Not revoked, and perhaps still good: " in outcome.text
    assert LEFT.search(outcome.error)


@pytest.mark.spec("RFC 7009", "2.2.1")
def test_a_token_that_may_live_is_no_success_even_where_every_check_holds(fake):
    outcome = walk(*options(fake(without_revocation)), "--json")
    assert outcome.wrong == []
    assert outcome.json["ok"] is False
    assert LEFT.fullmatch(outcome.error)


def test_programs_are_told_as_well_and_not_the_token(fake):
    server = fake(closed)
    outcome = walk(*options(server), "--json")
    left = outcome.json["not_revoked"]
    issued = [json.loads(answer.body) for family in server.families for answer in family["answers"]]
    assert {one[-4:] for one in left} == {one[f"{kind}_token"][-4:] for one in issued for kind in ("access", "refresh")}
    assert not [one for one in issued for kind in ("access", "refresh") if one[f"{kind}_token"] in str(left)]


def test_a_walk_that_is_broken_off_leaves_no_token(fake, monkeypatch):
    interrupted(monkeypatch)
    server = fake()
    assert walk(*options(server)).error == "Stopped; the tokens issued so far are revoked."
    assert server.families
    assert server.living == []


@pytest.mark.parametrize("tamper", [closed, without_revocation])
def test_a_walk_that_is_broken_off_and_leaves_tokens_says_so(fake, monkeypatch, tamper):
    interrupted(monkeypatch)
    outcome = walk(*options(fake(tamper)))
    assert claims(outcome) == []
    assert outcome.error.startswith("Stopped. ")
    assert LEFT.search(outcome.error)


def test_a_walk_that_is_broken_off_is_still_json(fake, monkeypatch):
    interrupted(monkeypatch)
    result = walk(*options(fake(closed)), "--json").json
    assert (result["ok"], result["error"], len(result["not_revoked"])) == (False, "Stopped", 2)


def test_who_does_not_wait_for_the_tidying_is_told_what_is_left(fake, monkeypatch):
    interrupted(monkeypatch)
    interrupted(monkeypatch, "run.revoke")
    assert LEFT.search(walk(*options(fake())).error)


@pytest.mark.spec("RFC 7009", "2.1")
def test_one_token_of_two_that_was_revoked_does_not_speak_for_the_other(fake, monkeypatch):
    interrupted(monkeypatch)
    server = fake()
    answers = iter([200, 503])
    server.tamper = lambda path, answer: page("", next(answers)) if path == "revocation" else answer
    outcome = walk(*options(server))
    assert re.search(r"still good: access token …\w{4}\.$", outcome.error)


def test_a_server_that_goes_away_ends_the_walk(fake, monkeypatch):
    server = fake()
    served = []

    def gone(*arguments):
        served.append(server.shutdown())
        server.socket.close()

    monkeypatch.setattr("oauth_provider.walk.steps.authorization_code.look_inside", gone)
    tried = []
    monkeypatch.setattr("oauth_provider.walk.run.revoke", lambda *one: tried.append(one) or revoke(*one))
    outcome = walk(*options(server), "--json")
    assert served
    assert outcome.json["ok"] is False
    assert f"{server.url} cannot be reached: " in outcome.json["error"]
    assert len(outcome.json["walks"][0]["steps"]) == 7
    assert LEFT.search(outcome.error)
    assert len(tried) == 1


def test_an_api_that_is_not_there_is_no_reason_to_start_the_server(fake):
    outcome = walk(*options(fake(), api=f"http://127.0.0.1:{free_port()}/notes"))
    assert outcome.error.endswith("nobody listens there.")
