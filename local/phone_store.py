"""What the simulated provider keeps: phones, threads, its accounts, webhooks to deliver."""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from local.behaviours import Behaviour
from local.call_store import CallStore

_TABLES = """
create table if not exists phones (
    number text primary key, name text not null, kind text not null,
    listed integer not null default 1, read_until integer not null default 0);
create table if not exists behaviours (number text primary key, behaviour text not null);
create table if not exists accounts (sid text primary key, auth_token text not null);
create table if not exists senders (
    address text primary key, name text not null, account_sid text not null,
    inbound_url text not null);
create table if not exists messages (
    id integer primary key autoincrement, sid text unique not null, incoming integer not null,
    phone text not null, sender text not null, body text not null, status text not null,
    error_code integer, at real not null);
create index if not exists messages_of_phone on messages (phone, id);
create table if not exists webhooks (
    id integer primary key autoincrement, kind text not null, sid text not null,
    url text not null, auth_token text not null, form text not null, due real not null,
    attempts integer not null default 0, state text not null default 'waiting',
    answer text not null default '');
create index if not exists webhooks_waiting on webhooks (state, due);
create index if not exists webhooks_of_message on webhooks (sid, state);
"""

Row = dict[str, Any]


class PhoneStore:
    """One SQLite file; used from one thread."""

    def __init__(self, path: Path | str) -> None:
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.row_factory = sqlite3.Row
        # Losing the last second in a power cut costs nothing here; waiting for the disk does.
        self._database.execute("pragma journal_mode=wal")
        self._database.execute("pragma synchronous=off")
        self._database.executescript(_TABLES)
        self.calls = CallStore(self._database)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _all(self, query: str, *values: object) -> list[Row]:
        return [dict(row) for row in self._database.execute(query, values)]

    def _one(self, query: str, *values: object) -> Row | None:
        row = self._database.execute(query, values).fetchone()
        return dict(row) if row else None

    # Accounts and senders of the provider

    def set_accounts(self, accounts: Iterable[tuple[str, str]]) -> None:
        """Add or replace provider accounts: id and token."""
        self._database.executemany("insert or replace into accounts values (?, ?)", accounts)

    def set_senders(self, senders: Iterable[tuple[str, str, str, str]]) -> None:
        """Add or replace senders: address, name, account id, inbound webhook's URL."""
        self._database.executemany("insert or replace into senders values (?, ?, ?, ?)", senders)

    def auth_token(self, account_sid: str) -> str | None:
        """Return an account's token."""
        row = self._one("select auth_token from accounts where sid = ?", account_sid)
        return row["auth_token"] if row else None

    def senders(self) -> list[Row]:
        """Return all senders, by name."""
        return self._all("select address, name, account_sid, inbound_url from senders order by 2")

    def sender(self, address: str) -> Row | None:
        """Return one sender."""
        return self._one("select * from senders where address = ?", address)

    # Phones

    def add_phone(self, number: str, name: str, kind: str) -> None:
        """Add a phone to the handset page, or name it anew."""
        self._database.execute(
            "insert into phones (number, name, kind) values (?, ?, ?) on conflict (number)"
            " do update set name = excluded.name, kind = excluded.kind, listed = 1",
            (number, name, kind),
        )

    def hide_phone(self, number: str) -> bool:
        """Take a phone off the page; its thread stays. Return whether it was there."""
        query = "update phones set listed = 0 where number = ? and listed = 1"
        return self._database.execute(query, (number,)).rowcount > 0

    def hide_kind(self, kind: str) -> None:
        """Take all phones of a kind off the page."""
        self._database.execute("update phones set listed = 0 where kind = ?", (kind,))

    def phones(self) -> list[Row]:
        """Return the listed phones with unread count, last message, call and behaviours."""
        rows = self._all(
            "select number, name, kind,"
            " (select count(*) from messages m where m.phone = p.number and m.incoming = 1"
            "  and m.id > p.read_until) as unread from phones p where listed = 1 order by rowid"
        )
        for row in rows:
            last = self._one(
                "select body, at from messages where phone = ? order by id desc limit 1",
                row["number"],
            )
            row["last"] = {"text": last["body"], "at": last["at"]} if last else None
            row["behaviour"] = self.behaviour(row["number"]).stored()
            row["call_behaviour"] = self.calls.behaviour(row["number"]).stored()
            row["call"] = next(iter(self.calls.of_phone(row["number"], 1)), None)
        return rows

    def mark_read(self, number: str) -> None:
        """Mark all that a phone received as read."""
        self._database.execute(
            "update phones set read_until ="
            " coalesce((select max(id) from messages where phone = ?), 0) where number = ?",
            (number, number),
        )

    # Behaviours, for listed phones and any other number

    def behaviour(self, number: str) -> Behaviour:
        """Return how a number behaves."""
        row = self._one("select behaviour from behaviours where number = ?", number)
        return Behaviour.parse(json.loads(row["behaviour"])) if row else Behaviour()

    def set_behaviour(self, number: str, behaviour: Behaviour) -> None:
        """Set how a number behaves from now on."""
        self._database.execute(
            "insert or replace into behaviours values (?, ?)",
            (number, json.dumps(behaviour.stored())),
        )

    def take_behaviour(self, number: str) -> Behaviour:
        """Return how this one message goes, counting down a behaviour that is limited."""
        current = self.behaviour(number)
        if current.times is not None:
            left = current.times - 1
            self.set_behaviour(number, replace(current, times=left) if left else Behaviour())
        return current

    # Messages

    def add_message(
        self, *, incoming: bool, phone: str, sender: str, body: str, status: str,
        sid: str | None = None,
    ) -> Row:  # fmt: skip
        """Keep a message; `incoming` is as the phone sees it."""
        sid = sid or f"SM{secrets.token_hex(16)}"
        self._database.execute(
            "insert or ignore into messages (sid, incoming, phone, sender, body, status, at)"
            " values (?, ?, ?, ?, ?, ?, ?)",
            (sid, incoming, phone, sender, body, status, time.time()),
        )
        message = self._one("select * from messages where sid = ?", sid)
        assert message is not None  # noqa: S101 - inserted, or there before
        return message

    def set_status(self, sid: str, status: str, error_code: int | None) -> str | None:
        """Set a message's status; return the phone it belongs to."""
        self._database.execute(
            "update messages set status = ?, error_code = ? where sid = ?",
            (status, error_code, sid),
        )
        row = self._one("select phone from messages where sid = ?", sid)
        return row["phone"] if row else None

    def thread(self, number: str, after: int = 0, limit: int = 500) -> list[Row]:
        """Return a phone's messages, oldest first, at most the latest `limit`."""
        rows = self._all(
            "select id, sid, incoming, sender, body, status, error_code, at from messages"
            " where phone = ? and id > ? order by id desc limit ?",
            number, after, limit,
        )  # fmt: skip
        for row in rows:
            row["incoming"] = bool(row["incoming"])
        return rows[::-1]

    # Webhooks

    def add_webhook(
        self, *, kind: str, sid: str, url: str, auth_token: str, form: dict[str, str], due: float
    ) -> None:
        """Plan the delivery of a webhook at the time `due`."""
        self._database.execute(
            "insert into webhooks (kind, sid, url, auth_token, form, due)"
            " values (?, ?, ?, ?, ?, ?)",
            (kind, sid, url, auth_token, json.dumps(form), due),
        )

    def due_webhooks(self, now: float, limit: int) -> list[Row]:
        """Return webhooks to deliver now; those of one message keep their order."""
        return self._all(
            "select * from webhooks w where state = 'waiting' and due <= ? and not exists"
            " (select 1 from webhooks e where e.sid = w.sid and e.state = 'waiting'"
            "  and e.id < w.id) order by due limit ?",
            now, limit,
        )  # fmt: skip

    def webhook_tried(self, webhook: int, state: str, answer: str, due: float) -> None:
        """Note an attempt: its answer, and when the next one is due while it still waits."""
        self._database.execute(
            "update webhooks set attempts = attempts + 1, state = ?, answer = ?, due = ?"
            " where id = ?",
            (state, answer, due, webhook),
        )

    def webhooks(self, sid: str | None, limit: int) -> list[Row]:
        """Return the log of webhooks, newest first; secrets are left out."""
        rows = self._all(
            "select id, kind, sid, url, form, due, attempts, state, answer from webhooks"
            " where ?1 is null or sid = ?1 order by id desc limit ?2",
            sid, limit,
        )  # fmt: skip
        for row in rows:
            row["form"] = json.loads(row["form"])
        return rows
