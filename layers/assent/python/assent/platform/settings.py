"""What a function is told at its start: read once from the environment, never at import."""

from collections.abc import Mapping
from functools import cache
from os import environ

from pydantic import BaseModel, ConfigDict

from assent.platform.tables import bind


class Settings(BaseModel):
    """Names of the deployed resources; one environment variable each, in upper case."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    stage: str
    accounts_table: str
    contacts_table: str
    consent_table: str
    ledger_table: str
    messages_table: str
    broadcasts_table: str
    opt_in_requests_queue: str
    commands_queue: str
    effects_queue: str
    outbound_queue: str
    inbound_queue: str
    receipts_queue: str
    plans_queue: str
    chunks_queue: str
    imports_queue: str
    imports_bucket: str
    pseudonym_secret: str
    provider_parameters: str
    # Only the functions that make schedules are told these.
    plans_queue_arn: str = ""
    schedule_group: str = ""
    scheduler_role_arn: str = ""
    scheduler_dead_letters_arn: str = ""
    # How many partitions share one account's contacts, its queue, one group's members, one
    # opt-out list.
    contact_shards: int = 8
    queue_shards: int = 4
    group_shards: int = 8
    opt_out_shards: int = 4

    @classmethod
    def read(cls, variables: Mapping[str, str]) -> "Settings":
        """Build the settings from environment variables; a missing one is named."""
        return cls.model_validate({name.lower(): value for name, value in variables.items()})

    def use(self) -> "Settings":
        """Point the tables of this process at what the settings name."""
        bind(lambda setting: str(getattr(self, setting)))
        return self


@cache
def current() -> Settings:
    """Return this process's settings; the first call reads the environment and binds the tables."""
    return Settings.read(environ).use()
