"""What each stored event must be answered with, and how many messages it sends to which queue."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Answer:
    """What an HTTP function answers."""

    status: int
    code: str = ""  # of the problem document
    fields: tuple[str, ...] = ()  # that the problem document names
    text: str = ""  # somewhere in the body
    headers: dict[str, str] = field(default_factory=dict)
    sends: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Batch:
    """What a worker makes of a batch: an outcome per record, `failed` for those that come back."""

    outcomes: tuple[str, ...]
    sends: dict[str, int] = field(default_factory=dict)


FAILED = "failed"
_LEAD = {"opt-in-requests": 1}
_THANKS = {"Location": f"/f/{'a' * 26}-bcdfghjkmn?thanks=1"}
_MARKUP = {"Content-Type": "text/xml"}
_SITE = "https://www.example.com"

EXPECTED: dict[str, dict[str, Answer | Batch]] = {
    "form_ingest": {
        "page": Answer(200, text="Reply STOP to end them."),
        "page_thanks": Answer(200, text="Text START to +1 888 555 0100"),
        "page_unknown": Answer(404, "unknown_form"),
        "options_allowed": Answer(204, headers={"Access-Control-Allow-Origin": _SITE}),
        "options_not_allowed": Answer(403, "origin_not_allowed"),
        "form_good": Answer(303, headers=_THANKS, sends=_LEAD),
        "form_good_from_another_site": Answer(
            303, headers={"Location": f"{_SITE}/welcome"}, sends=_LEAD
        ),
        "form_from_a_site_not_allowed": Answer(403, "origin_not_allowed"),
        "form_without_a_field": Answer(422, text="Last name: is required"),
        "form_without_the_tick": Answer(422, text="Tick the box"),
        "form_impossible_phone": Answer(422, text='id="phone-problem"'),
        "form_hostile_values": Answer(422, text="&lt;script&gt;alert(1)&lt;/script&gt;"),
        "form_broken_body": Answer(422, text="First name: is required"),
        "form_as_json": Answer(415, "wrong_content_type"),
        "form_honeypot_filled": Answer(303, headers=_THANKS),
        "form_unknown": Answer(404, "unknown_form"),
        "form_key_that_is_none": Answer(404, "unknown_form"),
        "form_paused": Answer(409, text="This form is paused"),
        "lead_good": Answer(202, text="receipt_id", sends=_LEAD),
        "lead_with_idempotency_key": Answer(202, text="receipt_id", sends=_LEAD),
        "lead_without_fields": Answer(
            422, "invalid_lead", ("email", "first_name", "last_name", "phone")
        ),
        "lead_impossible_phone": Answer(422, "invalid_lead", ("phone",)),
        "lead_unknown_field": Answer(422, "invalid_lead", ("account_id",)),
        "lead_broken_json": Answer(400, "broken_json"),
        "lead_nested_too_deep": Answer(400, "broken_json"),
        "lead_that_is_a_list": Answer(422, "invalid_lead", ("body",)),
        "lead_lone_surrogate": Answer(422, "invalid_lead", ("first_name",)),
        "lead_wrong_content_type": Answer(415, "wrong_content_type"),
        "lead_wrong_key": Answer(401, "bad_key"),
        "lead_without_key": Answer(401, "bad_key"),
        "lead_paused": Answer(409, "integration_paused"),
    },
    "inbound_webhook": {
        "stop": Answer(200, text="<Response/>", sends={"inbound": 1}),
        "free_text_with_accents": Answer(200, sends={"inbound": 1}),
        "without_body_text": Answer(200, sends={"inbound": 1}),
        "unknown_sender": Answer(200, sends={"inbound": 1}),
        "bad_signature": Answer(403, "bad_signature"),
        "signed_by_another_account": Answer(403, "bad_signature"),
        "without_signature": Answer(403, "bad_signature"),
        "missing_fields": Answer(422, "missing_field", ("From",)),
        "unknown_account": Answer(403, "bad_signature"),
        "account_that_is_none": Answer(403, "bad_signature"),
        "unknown_provider": Answer(404, "unknown_provider"),
        "call": Answer(200, text="Harbor Alerts is an automated service", headers=_MARKUP),
        "call_to_an_unknown_sender": Answer(200, text="This number is not in use."),
        "call_bad_signature": Answer(403, "bad_signature"),
        "key_that_ends_calls": Answer(
            200, text="will not call you any more", headers=_MARKUP, sends={"inbound": 1}
        ),
        "key_that_allows_calls": Answer(200, text="may call you again", sends={"inbound": 1}),
        "key_without_meaning": Answer(200, text="To get no more calls from Harbor Alerts, press 9"),
        "key_of_a_hidden_number": Answer(200, text="cannot see which number you call from"),
        "key_bad_signature": Answer(403, "bad_signature"),
        "key_missing_digits": Answer(422, "missing_field", ("Digits",)),
    },
    "delivery_webhook": {
        "delivered": Answer(204, sends={"receipts": 1}),
        "undelivered_with_code": Answer(204, sends={"receipts": 1}),
        "queued_says_nothing_new": Answer(204),
        "bad_signature": Answer(403, "bad_signature"),
        "missing_fields": Answer(422, "missing_field", ("MessageStatus",)),
        "without_reference": Answer(204),
        "reference_that_is_none": Answer(204),
        "call_that_nobody_took": Answer(204, sends={"receipts": 1}),
        "call_left_to_a_voicemail": Answer(204, sends={"receipts": 1}),
        "call_that_rings_says_nothing_new": Answer(204),
    },
    "queue_router": {
        "lead": Batch(("new_contact",), {"outbound": 1}),
        "leads_beside_what_no_schema_matches": Batch(
            ("new_contact", FAILED, FAILED, "new_contact"), {"outbound": 2}
        ),
        "lead_with_an_unknown_key": Batch(("refused_bad_key",)),
        "lead_for_an_unknown_form": Batch(("refused_unknown_form",)),
        "lead_with_an_impossible_phone": Batch(("refused_phone",)),
        "enter_queue_of_a_contact_that_is_gone": Batch(("no_contact",)),
        "effects_of_a_stop": Batch(("0_accounts",)),
        "commands_that_no_schema_matches": Batch((FAILED, FAILED)),
        "number_and_label_of_what_is_gone": Batch(("no_contact", "label_gone")),
        "erase_reassign_and_removal_of_what_is_gone": Batch(
            ("no_contact", "nothing_to_do", "0_restored")
        ),
        "job_and_count_of_what_is_gone": Batch(("no_job", "no_job", "out_of_date")),
    },
    "keyword_handler": {
        "stop": Batch(("stopped",), {"outbound": 1, "effects": 1}),
        "help": Batch(("help",), {"outbound": 1}),
        "start": Batch(("started",), {"outbound": 1, "effects": 1}),
        "free_text": Batch(("inbox_other",)),
        "key_that_ends_calls": Batch(("stopped",), {"effects": 1}),
        "stop_for_an_unknown_sender": Batch(("stopped",), {"effects": 1}),
        "stop_signed_by_another_account": Batch(("unrouted",)),
        "stop_beside_what_no_schema_matches": Batch(
            (FAILED, "stopped", FAILED), {"outbound": 1, "effects": 1}
        ),
    },
    "message_sender": {
        "compliance": Batch(("sent",), {"commands": 1}),
        "broadcast_without_consent": Batch(("excluded",)),
        "unknown_sender": Batch(("excluded",)),
        "call_without_consent": Batch(("excluded",)),
        "call_again_of_a_broadcast_that_is_gone": Batch(("given_up",)),
        "reply_beside_what_no_schema_matches": Batch((FAILED, "sent")),
    },
    "delivery_tracker": {
        "delivered_of_an_unknown_message": Batch(("unknown_message",)),
        "receipt_beside_what_no_schema_matches": Batch((FAILED, "unknown_message")),
    },
    "console_api": {
        "me": Answer(200, text='"olga@example.com"'),
        "queue": Answer(200, text='"items":[]'),
        "queue_bad_limit": Answer(422, "invalid_request", ("query.limit", "query.sort")),
        "queue_of_another_account": Answer(403, "not_a_member"),
        "without_token": Answer(401, "no_token"),
        "access_token_for_id_token": Answer(401, "no_token"),
        "unknown_route": Answer(404, "unknown_route"),
        "group_by_a_viewer": Answer(403, "not_permitted"),
        "group_broken_json": Answer(422, "invalid_request"),
        "group_with_account_in_body": Answer(422, "invalid_request", ("account_id",)),
        "moves_without_contacts": Answer(422, "invalid_request", ("contact_ids",)),
    },
    "broadcast_planner": {
        "start": Batch(("no_broadcast",)),
        "release": Batch(("idle",)),
        "wake": Batch(("over",)),
        "check": Batch(("checked_0_deleted",)),
        "check_due": Batch(("checked_0_missing",)),
        "no_schema_matches": Batch((FAILED,)),
    },
    "broadcast_fanout": {
        "chunk": Batch(("no_broadcast",)),
        "no_schema_matches": Batch((FAILED,)),
    },
    "contact_import": {
        "start_of_an_import_that_is_gone": Batch(("no_import",)),
        "slice_of_an_import_that_is_gone": Batch(("no_import",)),
        "export_that_is_gone": Batch(("no_export",)),
        "no_schema_matches": Batch((FAILED, FAILED, FAILED)),
    },
}
