"""Makes the first account of a stage, with its sender and its owner.

`python -m deploy.first_user dev --email ada@example.com --name Ada --account "Harbor Health"
--sender +18885550100 --program "Harbor Alerts" --support help@example.com`

Cognito sends the owner an invitation. Run again with the same e-mail address, it makes one more
account for the same person.
"""

import argparse
import re
import sys
from collections.abc import Mapping

import boto3

from assent.accounts import store
from assent.accounts.model import Account, Member, Role, Sender, sender_id
from assent.accounts.team import store as team_store
from assent.platform.clock import SystemClock
from assent.platform.ids import new_id
from assent.platform.settings import Settings
from assent.sms.numbers import parse
from deploy.stage import outputs, stages


def settings(stage: str, made: Mapping[str, str]) -> Settings:
    """Read the names that functions get by their environment from the stack's outputs."""
    named: dict[str, str] = {"stage": stage, "provider_parameters": f"/assent/{stage}/provider"}
    for output, value in made.items():
        found = re.fullmatch(r"(\w+)(?:(Table|Bucket)Name|(Queue)Url)", output)
        if found:
            words = re.findall("[A-Z][a-z]*", found[1] + (found[2] or found[3]))
            named["_".join(words).lower()] = value
    return Settings.model_validate({**named, "pseudonym_secret": made["PseudonymSecretArn"]})


def user(pool: str, email: str, name: str) -> str:
    """Return the user's id; a new one gets an invitation with a temporary password."""
    cognito = boto3.client("cognito-idp")
    attributes = {"email": email, "email_verified": "true", "name": name}
    try:
        found = cognito.admin_get_user(UserPoolId=pool, Username=email)["UserAttributes"]
    except cognito.exceptions.UserNotFoundException:
        found = cognito.admin_create_user(
            UserPoolId=pool,
            Username=email,
            DesiredDeliveryMediums=["EMAIL"],
            UserAttributes=[{"Name": key, "Value": value} for key, value in attributes.items()],
        )["User"]["Attributes"]
    return next(attribute["Value"] for attribute in found if attribute["Name"] == "sub")


def sender(address: str, owner_id: str, program: str, support: str) -> Sender:
    """Return a sender whose answers say what carriers ask for; the console can change them."""
    e164 = parse(address).e164
    return Sender(
        id=sender_id(e164),
        address=e164,
        owner_id=owner_id,
        program_name=program,
        help_text=f"{program}: help at {support}. Msg&DataRatesMayApply. Reply STOP to stop.",
        stop_text=f"{program}: you will get no more messages. Reply START to get them again.",
        start_text=f"{program}: you get messages again. Msg&DataRatesMayApply. "
        "Reply HELP for help, STOP to stop.",
        support_contact=support,
    )


def main(arguments: list[str]) -> int:
    """Make account, sender and owner, and print what comes next."""
    parser = argparse.ArgumentParser(description="Make the first account and its owner.")
    parser.add_argument("stage", choices=sorted(stages()))
    for option in ("email", "name", "account", "sender", "program", "support"):
        parser.add_argument(f"--{option}", required=True)
    given = parser.parse_args(arguments)
    made = outputs(f"assent-{given.stage}")
    if not made:
        print(f"assent-{given.stage} is not deployed: make deploy first.", file=sys.stderr)
        return 1
    settings(given.stage, made).use()
    account_id = new_id("ac", SystemClock().now())
    number = sender(given.sender, account_id, given.program, given.support)
    known = store.sender(number.id)
    if known:
        store.share(number.id, account_id)
    else:
        store.put_sender(number)
    store.put_account(Account(id=account_id, name=given.account, sender_id=number.id))
    owner = user(made["UserPoolId"], given.email, given.name)
    team_store.put_member(
        Member(
            user_id=owner,
            account_id=account_id,
            role=Role.OWNER,
            name=given.name,
            email=given.email,
        )
    )
    provider_of = known.owner_id if known else account_id
    print(f"account     {account_id}  {given.account}, owner {given.email}")
    print(f"sender      {number.id}, {'shared' if known else 'new'}")
    print(f"credentials /assent/{given.stage}/provider/{provider_of}")
    print(f"inbound     {made['ApiUrl']}/webhooks/twilio/{provider_of}/inbound")
    print(f"calls       {made['ApiUrl']}/webhooks/twilio/{provider_of}/voice")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
