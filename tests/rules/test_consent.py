"""Consent as it was asked for (RFC 6749 §10.2, RFC 8707 §2): what covers what, and how older rows are read."""

import pytest

from oauth_provider.protocol.consent import Agreed, Agreement, count_entries, from_separate_sets
from tests.each import each

pytestmark = [pytest.mark.spec("RFC 6749", "10.2"), pytest.mark.spec("RFC 8707", "2")]

READ, WRITE = {"read": "words of read"}, {"write": "words of write"}
A, B = {"https://a.example/": "name of A"}, {"https://b.example/": "name of B"}


def page(scopes, resources=None, details=None, client="the client"):
    return Agreement(client, scopes, resources or {}, details or {})


def agreed_to(*pages):
    """What a person has agreed to who allowed these pages, one after the other."""
    agreed = Agreed()
    for one in pages:
        agreed = agreed.extended_by(one)
    return agreed


def test_a_page_that_was_allowed_covers_itself_and_every_part_of_itself():
    agreed = agreed_to(page(READ | WRITE, A | B))
    for scopes in (READ, WRITE, READ | WRITE):
        for resources in (A, B, A | B):
            assert agreed.covers(page(scopes, resources))


def test_a_consent_at_one_resource_covers_neither_another_nor_anywhere():
    agreed = agreed_to(page(READ, A))
    for resources in ({}, B, A | B):
        assert not agreed.covers(page(READ, resources))


def test_a_consent_for_anywhere_is_an_entry_of_its_own():
    agreed = agreed_to(page(READ))
    assert agreed.covers(page(READ))
    assert not agreed.covers(page(READ, A))
    assert not agreed.covers(page(READ | WRITE))


def test_scopes_and_resources_that_were_agreed_to_apart_do_not_multiply():
    agreed = agreed_to(page(READ, A), page(WRITE, B))
    assert agreed.covers(page(READ, A))
    assert agreed.covers(page(WRITE, B))
    for resources in (A, B, A | B):
        assert not agreed.covers(page(READ | WRITE, resources))
    assert not agreed.covers(page(WRITE, A))
    assert not agreed.covers(page(READ, B))


def test_every_pair_that_was_agreed_to_piece_by_piece_adds_up_to_the_whole():
    pieces = [page(scopes, resources) for scopes in (READ, WRITE) for resources in (A, B)]
    assert not agreed_to(*pieces[:3]).covers(page(READ | WRITE, A | B))
    assert agreed_to(*pieces).covers(page(READ | WRITE, A | B))


def test_details_are_bound_to_their_resources_as_scopes_are():
    one, other = {"d1": "its type"}, {"d2": "its type"}
    agreed = agreed_to(page({}, A, one), page({}, B, other))
    assert agreed.covers(page({}, A, one))
    for details, resources in ((one, B), (other, A), (one, {}), (one | other, A | B)):
        assert not agreed.covers(page({}, resources, details))


def test_a_scope_is_no_detail_of_the_same_name():
    assert not agreed_to(page(READ, A)).covers(page({}, A, READ))


def test_a_page_that_asks_for_nothing_is_covered_by_nothing():
    assert not agreed_to(page(READ, A)).covers(page({}, A))


@each("changed", ["client", "scope", "resource"])
def test_other_words_than_those_on_the_page_are_not_agreed_to(changed):
    agreed = agreed_to(page(READ, A))
    client = "another name" if changed == "client" else "the client"
    scopes = {"read": "other words"} if changed == "scope" else READ
    resources = dict.fromkeys(A, "another name") if changed == "resource" else A
    again = page(scopes, resources, client=client)
    assert not agreed.covers(again)
    assert agreed.extended_by(again).covers(again)
    assert not agreed.extended_by(again).covers(page(READ, A))


def test_a_client_that_shows_itself_otherwise_keeps_nothing_of_before():
    agreed = agreed_to(page(READ, A), page(WRITE, A, client="another name"))
    assert agreed == agreed_to(page(WRITE, A, client="another name"))


def test_the_digest_of_a_page_tells_scopes_resources_and_details_apart():
    words = {"one": "words"}
    pages = [page(words), page({}, words), page({}, {}, words), page({"other": "words"}), page(words, client="x")]
    assert len({one.digest for one in pages}) == len(pages)
    assert page(READ | WRITE).digest == page(WRITE | READ).digest


def test_entries_are_counted_in_pairs():
    assert count_entries(agreed_to(page(READ | WRITE, A | B), page(READ)).scopes) == 5


# Rows from when scopes and resources were two sets


def test_an_older_row_without_resources_is_for_anywhere():
    before = from_separate_sets(page(READ | WRITE))
    assert before.covers(page(READ | WRITE))
    assert not before.covers(page(READ, A))


def test_an_older_row_with_one_resource_is_for_all_its_scopes_at_it():
    before = from_separate_sets(page(READ | WRITE, A))
    assert before.covers(page(READ | WRITE, A))
    assert not before.covers(page(READ))
    assert not before.covers(page(READ, B))


def test_an_older_row_with_one_scope_is_for_it_at_each_resource():
    before = from_separate_sets(page(READ, A | B))
    assert before.covers(page(READ, A | B))
    assert before.covers(page(READ, B))
    assert not before.covers(page(READ))


def test_an_older_row_beside_which_details_may_have_been_asked_for_tells_nothing_of_several_resources():
    assert not from_separate_sets(page(READ, A | B), is_complete=False).covers(page(READ, A))
    assert from_separate_sets(page(READ | WRITE, A), is_complete=False).covers(page(READ | WRITE, A))
    assert from_separate_sets(page(READ | WRITE), is_complete=False).covers(page(READ | WRITE))


@pytest.mark.parametrize("details", [{}, {"d1": "its type"}])
def test_an_older_row_with_several_of_both_covers_nothing(details):
    scopes = READ if details else READ | WRITE
    before = from_separate_sets(page(scopes, A | B, details))
    for resources in ({}, A, B, A | B):
        assert not before.covers(page(READ, resources))
        assert not before.covers(page({}, resources, {"d1": "its type"}))


def test_an_older_row_is_extended_by_what_it_is_read_as():
    assert from_separate_sets(page(READ, A)).extended_by(page(WRITE, B)).covers(page(READ, A))
    unknown = from_separate_sets(page(READ | WRITE, A | B)).extended_by(page(WRITE, B))
    assert unknown.covers(page(WRITE, B))
    assert not unknown.covers(page(READ, A))


# What was left out, and where answers went


def left_out(scopes, declined, **more):
    """A page on which a person allows ``scopes`` and leaves out what is ``declined``."""
    return Agreement("the client", scopes, declined=declined, **more)


ASKED = page(READ | WRITE)


def test_what_was_left_out_stays_left_out_where_it_still_can_be():
    agreed = Agreed().extended_by(left_out(READ, WRITE))
    assert agreed.recall(ASKED, optional={"write"}) == ("read",)
    assert agreed.recall(ASKED) is None
    assert not agreed.covers(ASKED)


def test_what_was_left_out_in_other_words_or_at_another_resource_is_asked_for():
    agreed = Agreed().extended_by(left_out(READ, WRITE))
    assert agreed.recall(page(READ | {"write": "more words"}), optional={"write"}) is None
    assert agreed.recall(page(READ | WRITE, A), optional={"write"}) is None


def test_a_yes_takes_back_what_was_left_out_and_the_other_way_round():
    agreed = Agreed().extended_by(left_out(READ, WRITE)).extended_by(page(WRITE))
    assert agreed.recall(ASKED) == ("read", "write")
    assert not agreed.declined
    agreed = agreed.extended_by(left_out(READ, WRITE))
    assert agreed.recall(ASKED, optional={"write"}) == ("read",)
    assert set(agreed.scopes) == {"read"}


def test_a_twin_that_was_agreed_to_is_recalled_in_the_place_of_what_was_left_out():
    twins = {"write": READ}
    agreed = Agreed().extended_by(left_out(READ, WRITE))
    assert agreed.recall(page(WRITE), twins=twins) == ("read",)
    assert agreed.recall(ASKED, twins=twins) == ("read",)
    assert agreed.recall(page(WRITE), twins={"write": {"read": "other words"}}) is None
    assert Agreed().extended_by(page(READ)).recall(page(WRITE), twins=twins) is None


def test_a_client_that_is_shown_otherwise_is_asked_about_what_was_left_out_too():
    agreed = Agreed().extended_by(left_out(READ, WRITE))
    assert agreed.recall(page(READ | WRITE, client="another name"), optional={"write"}) is None
    assert not agreed.extended_by(page(READ, client="another name")).declined


def test_an_answer_goes_only_where_it_went_before():
    agreed = Agreed().extended_by(left_out(READ, {}, destination="a.example"))
    assert agreed.covers(left_out(READ, {}, destination="a.example"))
    assert not agreed.covers(left_out(READ, {}, destination="b.example"))
    both = agreed.extended_by(left_out(READ, {}, destination="b.example"))
    assert both.destinations == ("a.example", "b.example")
    assert both.covers(left_out(READ, {}, destination="a.example"))
    assert both.covers(page(READ))


def test_where_nobody_wrote_down_where_it_went_it_may_go_anywhere_until_somebody_does():
    before = from_separate_sets(page(READ))
    assert before.covers(left_out(READ, {}, destination="a.example"))
    assert before.extended_by(page(READ)).knows("b.example")
    assert not before.extended_by(left_out(READ, {}, destination="a.example")).knows("b.example")
