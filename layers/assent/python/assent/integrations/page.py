"""The hosted form: plain HTML that works without JavaScript, and the snippet to copy."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from liquid import BoundTemplate, Environment

from assent.accounts.model import Account, Sender
from assent.consent.model import Channel
from assent.integrations.ingest import CONSENT_FIELD, DISCLOSURE_FIELD, HONEYPOT_FIELD
from assent.integrations.model import Integration
from assent.sms.numbers import readable

_KINDS = {Channel.SMS: "texts", Channel.VOICE: "calls"}


@cache
def _template() -> BoundTemplate:
    source = files("assent.integrations").joinpath("form.html").read_text(encoding="utf-8")
    return Environment(autoescape=True).from_string(source)


def form_page(
    integration: Integration,
    account: Account,
    sender: Sender,
    *,
    values: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    thanks: bool = False,
) -> str:
    """Render the form, with what was typed and what is wrong.

    In its place stands the thank-you, or, while the integration takes no leads, that it is closed.
    """
    return _template().render(
        form_key=integration.form_key,
        disclosure=integration.disclosure,
        account_name=account.name,
        program=sender.program_name,
        terms_url=account.terms_url,
        privacy_url=account.privacy_url,
        sender=readable(sender.address),
        kinds=" and ".join(_KINDS[one] for one in Channel if one in integration.channels),
        calls=Channel.VOICE in integration.channels,
        values=dict(values or {}),
        problems=dict(problems or {}),
        consent_field=CONSENT_FIELD,
        disclosure_field=DISCLOSURE_FIELD,
        disclosure_sha256=integration.disclosure_sha256,
        honeypot_field=HONEYPOT_FIELD,
        thanks=thanks,
        closed="" if integration.is_open else integration.state.value,
    )
