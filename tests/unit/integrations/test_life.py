"""An integration's life: edited, closed, deleted, and given other credentials."""

from collections.abc import Callable

import pytest

from assent.consent.chains import store as chain_store
from assent.consent.model import Channel
from assent.integrations import store
from assent.integrations.model import Integration, IntegrationState, ProcessLead
from assent.platform.errors import AssentError, Conflict, Gone, Invalid, NotFound, Unauthorised
from tests.calls import Call, each_call, ignore, throttled_tables
from tests.fakes import ANN, BOB, CALLER, CAT, DISCLOSURE, World

NEW_WORDS = "I agree to get texts from Harbor Alerts about sailing. Reply STOP to end them."
BODY = {"first_name": "Ann", "last_name": "Lee", "phone": ANN}


def by_api(world: World, key: str = "", phone: str = ANN) -> str:
    return world.ingest.from_api(key or world.api_key, BODY | {"phone": phone}, CALLER)


def by_form(world: World, form_key: str = "", phone: str = ANN, **more: str) -> str | None:
    fields = BODY | {"phone": phone, "consent": "yes", **more}
    return world.ingest.from_form(form_key or world.integration.form_key, fields, CALLER)


def held(world: World) -> ProcessLead:
    [command] = world.queue.take(ProcessLead)
    return command


def change(world: World, **wanted: object) -> Integration:
    return world.integrations.change(world.a.id, world.integration.id, **wanted)


def refused(act: Callable[[], object]) -> AssentError:
    with pytest.raises(AssentError) as error:
        act()
    return error.value


# Other credentials


def test_a_replaced_key_is_dead_within_ten_seconds(world: World) -> None:
    """Q10: at the edge, which remembers it, and in the worker; the new one works at once."""
    by_api(world)
    world.run()
    _, new = world.integrations.renew_key(world.a.id, world.integration.id)
    world.clock.advance(seconds=9)
    by_api(world, phone=BOB)  # the edge has not heard of it yet: it was accepted, so it counts
    assert world.run()[0] == "new_contact"
    world.clock.advance(seconds=1)
    error = refused(lambda: by_api(world, phone=CAT))
    assert isinstance(error, Unauthorised)
    assert error.code == "key_replaced"
    assert world.health().last_error == "key_replaced"
    by_api(world, new, CAT)
    assert world.run()[0] == "new_contact"


def test_a_replaced_form_is_gone_within_ten_seconds(world: World) -> None:
    """Q10: with a clear error, and not just unknown."""
    by_form(world)
    world.run()
    renewed = world.integrations.renew_form(world.a.id, world.integration.id)
    assert renewed.form_key != world.integration.form_key
    world.clock.advance(seconds=10)
    error = refused(lambda: by_form(world, phone=BOB))
    assert isinstance(error, Gone)
    assert error.code == "form_replaced"
    by_form(world, renewed.form_key, BOB)
    assert world.run()[0] == "new_contact"


@pytest.mark.parametrize("via", [by_api, by_form])
def test_leads_accepted_before_are_processed_after_it(
    world: World, via: Callable[[World], object]
) -> None:
    """Q10: the queue may hold them for minutes."""
    via(world)
    command = held(world)
    world.integrations.renew_key(world.a.id, world.integration.id)
    world.integrations.renew_form(world.a.id, world.integration.id)
    world.clock.advance(minutes=5)
    assert world.leads.process(command) == "new_contact"


@pytest.mark.parametrize("via", [by_api, by_form])
@pytest.mark.parametrize("how", ["replaced", "paused"])
def test_a_dead_credential_lives_no_longer_while_tables_do_not_answer(
    world: World, via: Callable[[World], object], how: str
) -> None:
    """Q10: the edge goes on with what it has, and the worker judges by the time."""
    via(world)
    world.queue.take(ProcessLead)
    world.clock.advance(seconds=5)
    if how == "replaced":
        world.integrations.renew_key(world.a.id, world.integration.id)
        world.integrations.renew_form(world.a.id, world.integration.id)
    else:
        change(world, state=IntegrationState.PAUSED)
    world.clock.advance(seconds=60)
    with throttled_tables():
        via(world)
    command = held(world)
    world.clock.advance(seconds=60)
    assert world.leads.process(command) == (
        "refused_integration_active" if how == "replaced" else "refused_integration_paused"
    )


def test_of_two_who_replace_the_key_at_once_one_does(world: World) -> None:
    """Q10: never two keys that nobody knows of."""
    waiting = [lambda: world.integrations.renew_key(world.a.id, world.integration.id)]

    def race(call: Call) -> None:
        if call[1] == "TransactWriteItems" and waiting:
            waiting.pop()()

    with each_call(race, ignore):
        error = refused(lambda: world.integrations.renew_key(world.a.id, world.integration.id))
    assert error.code == "changed_meanwhile"
    assert len(store.live_keys(world.a.id, world.integration.id)) == 1


def test_a_key_is_one_for_an_integration_and_its_use_is_noted(world: World) -> None:
    """I5, Q12: shown once, stored hashed, last used, replaced."""
    made = world.integrations.get(world.a.id, world.integration.id)
    assert made.key_made_at == world.clock.now()
    assert world.health().key_used_at is None
    by_form(world)
    world.run()
    assert world.health().key_used_at is None
    by_api(world)
    world.run()
    assert world.health().key_used_at == world.clock.now()


# Closed, deleted


@pytest.mark.parametrize("via", [by_api, by_form])
@pytest.mark.parametrize(
    ("state", "code"),
    [
        (IntegrationState.PAUSED, "integration_paused"),
        (IntegrationState.INACTIVE, "integration_inactive"),
    ],
)
def test_a_closed_integration_refuses_in_plain_words_and_keeps_what_waits(
    world: World, via: Callable[[World], object], state: IntegrationState, code: str
) -> None:
    """Q10: the queued leads stay; what was accepted before is processed; it opens again."""
    contact = world.queued(BOB)
    via(world)
    command = held(world)
    change(world, state=state)
    world.clock.advance(seconds=10)
    error = refused(lambda: via(world))
    assert isinstance(error, Conflict)
    assert error.code == code
    assert [one for one, _ in world.line()] == [contact.id]
    assert world.leads.process(command) == "new_contact"
    change(world, state=IntegrationState.ACTIVE)
    world.clock.advance(seconds=10)
    via(world)


def test_paused_and_then_switched_off_counts_from_the_pause(world: World) -> None:
    """Q10."""
    since = world.clock.now()
    assert change(world, state=IntegrationState.PAUSED).closed_at == since
    world.clock.advance(hours=1)
    assert change(world, state=IntegrationState.INACTIVE).closed_at == since
    assert change(world, state=IntegrationState.ACTIVE).closed_at is None


def test_a_deleted_integration_is_gone_and_its_leads_are_not(world: World) -> None:
    """Q10: key and form die, what waits stays and is still named after it."""
    contact = world.queued(BOB)
    by_api(world)
    command = held(world)
    world.integrations.delete(world.a.id, world.integration.id)
    assert world.integrations.all(world.a.id) == []
    assert world.integrations.names(world.a.id)[world.integration.id] == "Website"
    world.clock.advance(seconds=10)
    assert refused(lambda: by_api(world)).code == "key_removed"
    assert refused(lambda: by_form(world)).code == "form_removed"
    assert [one for one, _ in world.line()] == [contact.id]
    assert world.leads.process(command) == "new_contact"
    for act in (
        lambda: change(world, name="Again"),
        lambda: world.integrations.renew_key(world.a.id, world.integration.id),
        lambda: world.integrations.renew_form(world.a.id, world.integration.id),
        lambda: world.integrations.delete(world.a.id, world.integration.id),
    ):
        assert isinstance(refused(act), NotFound)


def test_a_change_that_meets_the_deletion_brings_nothing_back(world: World) -> None:
    """Q10."""
    waiting = [lambda: world.integrations.delete(world.a.id, world.integration.id)]

    def race(call: Call) -> None:
        if call[1] == "UpdateItem" and waiting:
            waiting.pop()()

    with each_call(race, ignore):
        assert isinstance(refused(lambda: change(world, name="Again")), NotFound)
    found = store.integration(world.a.id, world.integration.id)
    assert found is not None
    assert (found.state, found.name) == (IntegrationState.DELETED, "Website")


def test_nobody_deletes_by_an_edit(world: World) -> None:
    error = refused(lambda: change(world, state=IntegrationState.DELETED))
    assert [one.field for one in error.fields] == ["state"]


# Other words


def evidence(world: World, phone: str = ANN) -> str:
    events = chain_store.events(world.a.id, world.consent(phone).subject)
    assert events[-1].evidence is not None
    return store.disclosure(world.a.id, events[-1].evidence["disclosure_sha256"]) or ""


def test_new_words_are_shown_and_the_old_leads_keep_theirs(world: World) -> None:
    """I1, P1: a new version, the words before stay provable."""
    by_form(world)
    world.run()
    after = change(world, disclosure=NEW_WORDS)
    assert after.earlier == {world.integration.disclosure_sha256: list(Channel)}
    world.clock.advance(seconds=10)
    by_form(world, phone=BOB, disclosure=after.disclosure_sha256)
    world.run()
    assert (evidence(world), evidence(world, BOB)) == (DISCLOSURE, NEW_WORDS)


@pytest.mark.parametrize("cold", [True, False])
def test_evidence_holds_the_words_that_the_form_showed(world: World, *, cold: bool) -> None:
    """I1: a page loaded before the edit, or a copied form, and what it covered then."""
    if not cold:
        world.integrations.by_form_key(world.integration.form_key)
    change(world, disclosure=NEW_WORDS, channels=[Channel.SMS])
    by_form(world, disclosure=world.integration.disclosure_sha256)
    world.run()
    assert evidence(world) == DISCLOSURE
    agreed = world.consent().agreements
    assert len(agreed) == 2  # texts and calls, as the words said then
    world.clock.advance(seconds=10)
    by_form(world, phone=BOB)
    world.run()
    assert evidence(world, BOB) == NEW_WORDS
    assert len(world.consent(BOB).agreements) == 1


def test_words_newer_than_what_the_edge_and_the_worker_remember_are_looked_up(
    world: World,
) -> None:
    """I1: another process has shown them already."""
    by_form(world)
    world.run()
    after = change(world, disclosure=NEW_WORDS)
    by_form(world, phone=BOB, disclosure=after.disclosure_sha256)
    world.run()
    assert evidence(world, BOB) == NEW_WORDS


def test_words_that_were_never_registered_are_no_consent(world: World) -> None:
    """I1, Q3: the field is named, and counted."""
    error = refused(lambda: by_form(world, disclosure="f" * 64))
    assert [one.field for one in error.fields] == ["disclosure"]
    assert world.health().refusals == {"disclosure": 1}
    with throttled_tables():
        by_form(world, disclosure="f" * 64)
    assert world.run() == ["refused_unknown_words"]
    assert world.contact() is None


def test_the_same_words_never_cover_two_things(world: World) -> None:
    """P1: evidence names words by their hash."""
    error = refused(lambda: change(world, channels=[Channel.SMS]))
    assert [one.field for one in error.fields] == ["disclosure"]
    change(world, disclosure=NEW_WORDS, channels=[Channel.SMS])
    assert isinstance(refused(lambda: change(world, disclosure=DISCLOSURE)), Invalid)
    back = change(world, disclosure=DISCLOSURE, channels=list(Channel))
    assert list(back.earlier.values()) == [[Channel.SMS]]


def test_of_two_who_change_the_words_at_once_one_is_told(world: World) -> None:
    waiting = [lambda: change(world, disclosure=NEW_WORDS + " Ever.")]

    def race(call: Call) -> None:
        if call[1] == "TransactWriteItems" and waiting:
            waiting.pop()()

    with each_call(race, ignore):
        assert refused(lambda: change(world, disclosure=NEW_WORDS)).code == "changed_meanwhile"


def test_two_who_change_different_things_undo_nothing_of_each_other(world: World) -> None:
    waiting = [lambda: change(world, state=IntegrationState.PAUSED)]

    def race(call: Call) -> None:
        if call[1] == "UpdateItem" and waiting:
            waiting.pop()()

    with each_call(race, ignore):
        after = change(world, name="Renamed", double_opt_in=True)
    assert (after.name, after.state) == ("Renamed", IntegrationState.PAUSED)
    assert after.double_opt_in is True


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"name": "  "}, "name"),
        ({"disclosure": "too short"}, "disclosure"),
        ({"channels": []}, "channels"),
        ({"allowed_origins": ["https://example.com/form"]}, "allowed_origins"),
        ({"allowed_origins": ["example.com"]}, "allowed_origins"),
        ({"redirect_urls": ["/thanks"]}, "redirect_urls"),
        ({"redirect_urls": ["javascript:alert(1)"]}, "redirect_urls"),
        ({"redirect_urls": ["https://example.com/a b"]}, "redirect_urls"),
        ({"form_secret": "chosen"}, "form_secret"),
    ],
)
def test_a_bad_setting_is_named_and_nothing_is_changed(
    world: World, wanted: dict[str, object], field: str
) -> None:
    """I7."""
    before = world.integrations.get(world.a.id, world.integration.id)
    error = refused(lambda: change(world, **wanted))
    assert [one.field for one in error.fields] == [field]
    assert world.integrations.get(world.a.id, world.integration.id) == before


def test_what_is_edited_is_kept(world: World) -> None:
    after = change(
        world,
        name=" Landing page ",
        allowed_origins=["https://example.com"],
        redirect_urls=["https://example.com/thanks?x=1"],
        line_look_up=True,
    )
    assert after.name == "Landing page"
    assert after == world.integrations.get(world.a.id, world.integration.id)
    assert after.allowed_origins == ["https://example.com"]
    assert after.line_look_up is True
