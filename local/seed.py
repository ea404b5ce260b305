"""Put demo data into the stack: user, accounts, sender, integration, provider, phones."""

from __future__ import annotations

import json
import os
import secrets
import string
import subprocess
import sys
from dataclasses import dataclass, fields
from typing import Any

import httpx
from botocore.exceptions import ClientError

from local import emulator, phone_numbers
from local.demo_names import (
    ACCOUNTS,
    COLLEAGUE_EMAIL,
    COLLEAGUE_NAME,
    PHONES,
    PROGRAM,
    SENDER_ADDRESS,
    USER_EMAIL,
    USER_NAME,
)
from local.deploy import Deployment
from local.layout import REGION, Layout, Ports, read_json, write_json
from local.progress import StepFailedError


@dataclass(frozen=True)
class Demo:
    """What the demo data is called; kept in `.local/demo.json`, with the provider's secrets."""

    email: str
    password: str
    accounts: dict[str, str]
    form_path: str
    api_key: str
    calls_form_path: str
    # The id of the demo user's colleague, an operator who has the same password.
    colleague: str

    @classmethod
    def read(cls, layout: Layout) -> Demo:
        """Read what `seed` has kept."""
        kept = read_json(layout.demo)
        return cls(**{one.name: kept[one.name] for one in fields(cls)})


def seed(layout: Layout, ports: Ports, deployment: Deployment) -> Demo:
    """Make the demo data where it is missing; a second time changes nothing."""
    kept = read_json(layout.demo)
    pool = deployment.outputs["UserPoolId"]
    if kept.get("user_pool") != pool:
        # The data belongs to a stack that is gone.
        kept = {
            "user_pool": pool,
            "email": USER_EMAIL,
            "password": _password(),
            "account_sid": f"AC{secrets.token_hex(16)}",
            "auth_token": secrets.token_hex(16),
        }
        # Kept before it is used: a start that is cut off must not lose a password it has set.
        write_json(layout.demo, kept, secret=True)
    # A state folder of an earlier version lacks what was added to the demo since.
    if any(one.name not in kept for one in fields(Demo)):
        users = emulator.client("cognito-idp", ports)
        for key, email, name in (
            ("user", USER_EMAIL, USER_NAME),
            ("colleague", COLLEAGUE_EMAIL, COLLEAGUE_NAME),
        ):
            kept[key] = _user(users, pool, email, name, kept["password"])
        kept = _product_data(layout, ports, kept)
        write_json(layout.demo, kept, secret=True)
    _provider_secrets(ports, kept)
    return Demo.read(layout)


def _password() -> str:
    """Return a password that the user pool's policy accepts."""
    kinds = (string.ascii_lowercase, string.ascii_uppercase, string.digits, "-_.!")
    chosen = [secrets.choice(kind) for kind in kinds]
    chosen += [secrets.choice(string.ascii_letters + string.digits) for _ in range(12)]
    secrets.SystemRandom().shuffle(chosen)
    return "".join(chosen)


def _user(
    users: Any,  # noqa: ANN401 - boto3's clients are made at run time
    pool: str,
    email: str,
    name: str,
    password: str,
) -> str:
    """Make a demo user as an administrator does; return its id (`sub`)."""
    attributes = {"email": email, "email_verified": "true", "name": name}
    try:
        found = users.admin_create_user(
            UserPoolId=pool,
            Username=email,
            MessageAction="SUPPRESS",
            UserAttributes=[{"Name": key, "Value": text} for key, text in attributes.items()],
        )["User"]["Attributes"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "UsernameExistsException":
            raise
        found = users.admin_get_user(UserPoolId=pool, Username=email)["UserAttributes"]
    users.admin_set_user_password(
        UserPoolId=pool, Username=email, Password=password, Permanent=True
    )
    return str(next(item["Value"] for item in found if item["Name"] == "sub"))


def _product_data(layout: Layout, ports: Ports, kept: dict[str, Any]) -> dict[str, Any]:
    """Run the product's services with the environment that its functions have."""
    configuration = emulator.client("lambda", ports).get_function_configuration(
        FunctionName="assent-local-console_api"
    )
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment = inherited | configuration["Environment"]["Variables"]
    environment |= {
        "AWS_ENDPOINT_URL": ports.emulator_url,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "PYTHONPATH": str(layout.repository),
    }
    done = subprocess.run(
        [sys.executable, "-m", "local.demo_data"],
        input=json.dumps(kept),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    (layout.logs / "demo-data.log").write_text(done.stderr, "utf-8")
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise StepFailedError(
            f"The demo data could not be made: {last[0]}", log=layout.logs / "demo-data.log"
        )
    made: dict[str, Any] = json.loads(done.stdout)
    return made


def _provider_secrets(ports: Ports, kept: dict[str, Any]) -> None:
    """Write each account's provider credentials where production keeps them."""
    parameters = emulator.client("ssm", ports)
    value = {
        "provider": "twilio",
        "account_sid": kept["account_sid"],
        "auth_token": kept["auth_token"],
        "api_base": ports.provider_url,
        "look_up_base": ports.provider_url,
        "webhook_base": ports.front_url,
    }
    for account in kept["accounts"].values():
        parameters.put_parameter(
            Name=f"/assent/local/provider/{account}",
            Type="SecureString",
            Overwrite=True,
            Value=json.dumps(value),
        )


def seed_phones(layout: Layout, ports: Ports) -> None:
    """Tell the simulated provider its account and sender; put the demo phones on the page."""
    kept = read_json(layout.demo)
    owner = kept["accounts"][ACCOUNTS[0]]
    sender = {
        "name": PROGRAM,
        "account_sid": kept["account_sid"],
        "inbound_url": f"{ports.front_url}/webhooks/twilio/{owner}/inbound",
        "voice_url": f"{ports.front_url}/webhooks/twilio/{owner}/voice",
    }
    with httpx.Client(base_url=f"{ports.front_url}/phone/api", timeout=10) as phones:
        told = phones.put(
            "/provider",
            json={
                "accounts": {kept["account_sid"]: kept["auth_token"]},
                "senders": {SENDER_ADDRESS: sender},
            },
        )
        told.raise_for_status()
        if any(one["kind"] == "demo" for one in phones.get("/phones").json()["phones"]):
            return
        for index, name in enumerate(PHONES):
            number = phone_numbers.fictional(index)
            made = phones.post("/phones", json={"number": number, "name": name, "kind": "demo"})
            made.raise_for_status()
