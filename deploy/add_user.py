"""Gives a person a place in an account, or another role there.

`python -m deploy.add_user dev --account ac_... --email tom@example.com --name Tom --role operator`

Cognito sends an invitation to whoever has none yet. The console changes roles from then on.
"""

import argparse
import sys

from assent.accounts import store
from assent.accounts.model import Member, Role
from assent.accounts.team import store as team_store
from deploy import first_user
from deploy.stage import outputs, stages


def main(arguments: list[str]) -> int:
    """Make the sign-in where it is missing, and the membership."""
    parser = argparse.ArgumentParser(description="Give a person a place in an account.")
    parser.add_argument("stage", choices=sorted(stages()))
    for option in ("account", "email", "name"):
        parser.add_argument(f"--{option}", required=True)
    parser.add_argument("--role", required=True, choices=[role.value for role in Role])
    given = parser.parse_args(arguments)
    made = outputs(f"assent-{given.stage}")
    if not made:
        print(f"assent-{given.stage} is not deployed: make deploy first.", file=sys.stderr)
        return 1
    first_user.settings(given.stage, made).use()
    account = store.account(given.account)
    if account is None:
        print(f"There is no account {given.account} in this stage.", file=sys.stderr)
        return 1
    team_store.put_member(
        Member(
            user_id=first_user.user(made["UserPoolId"], given.email, given.name),
            account_id=account.id,
            role=Role(given.role),
            name=given.name,
            email=given.email,
        )
    )
    print(f"{given.email} is {given.role} in {account.name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
