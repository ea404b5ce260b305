"""What the simulated carrier keeps of calls: who called whom, what was said, how phones answer."""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from dataclasses import replace
from typing import Any

from local.behaviours import CallBehaviour

LIVE = ("ringing", "in-progress")
"""The states of a call that has not ended."""
_TABLES = """
create table if not exists calls (
    id integer primary key autoincrement, sid text unique not null, incoming integer not null,
    phone text not null, sender text not null, account_sid text not null, status text not null,
    answered_by text not null default '', said text not null default '[]',
    status_url text not null, started_at real not null, answered_at real, ended_at real);
create index if not exists calls_of_phone on calls (phone, id);
create table if not exists call_behaviours (number text primary key, behaviour text not null);
create table if not exists voices (address text primary key, voice_url text not null);
"""
Row = dict[str, Any]


class CallStore:
    """Calls in the same file as the phones."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._database.executescript(_TABLES)

    # What senders answer calls with

    def set_voice(self, address: str, url: str) -> None:
        """Say where calls to a sender are answered; empty for nowhere."""
        self._database.execute("insert or replace into voices values (?, ?)", (address, url))

    def voice(self, address: str) -> str:
        """Return where calls to a sender are answered."""
        query = "select voice_url from voices where address = ?"
        row = self._database.execute(query, (address,)).fetchone()
        return str(row["voice_url"]) if row else ""

    # How phones take calls

    def behaviour(self, number: str) -> CallBehaviour:
        """Return how a number takes calls."""
        query = "select behaviour from call_behaviours where number = ?"
        row = self._database.execute(query, (number,)).fetchone()
        return CallBehaviour.parse(json.loads(row["behaviour"])) if row else CallBehaviour()

    def set_behaviour(self, number: str, behaviour: CallBehaviour) -> None:
        """Set how a number takes calls from now on."""
        self._database.execute(
            "insert or replace into call_behaviours values (?, ?)",
            (number, json.dumps(behaviour.stored())),
        )

    def take_behaviour(self, number: str) -> CallBehaviour:
        """Return how this one call goes, counting down a behaviour that is limited."""
        current = self.behaviour(number)
        if current.times is not None:
            left = current.times - 1
            following = replace(current, times=left) if left else CallBehaviour()
            self.set_behaviour(number, following)
        return current

    # Calls

    def add(
        self, *, incoming: bool, phone: str, sender: str, account_sid: str, status_url: str = ""
    ) -> Row:
        """Keep a call that begins to ring; `incoming` is as the phone sees it."""
        sid = f"CA{secrets.token_hex(16)}"
        self._database.execute(
            "insert into calls (sid, incoming, phone, sender, account_sid, status, status_url,"
            " started_at) values (?, ?, ?, ?, ?, 'ringing', ?, ?)",
            (sid, incoming, phone, sender, account_sid, status_url, time.time()),
        )
        call = self.call(sid)
        assert call is not None  # noqa: S101 - just inserted
        return call

    def call(self, sid: str) -> Row | None:
        """Return one call."""
        row = self._database.execute("select * from calls where sid = ?", (sid,)).fetchone()
        return _read(row) if row else None

    def answered(self, sid: str, by: str) -> None:
        """Note that a call was answered: by `human`, or a machine."""
        self._database.execute(
            "update calls set status = 'in-progress', answered_by = ?, answered_at = ?"
            " where sid = ?",
            (by, time.time(), sid),
        )

    def ended(self, sid: str, status: str) -> None:
        """Note how a call ended."""
        self._database.execute(
            "update calls set status = ?, ended_at = ? where sid = ?", (status, time.time(), sid)
        )

    def add_line(self, sid: str, who: str, text: str) -> None:
        """Keep what was said (`sender`) or pressed (`phone`) in a call."""
        line = json.dumps({"who": who, "text": text, "at": time.time()})
        self._database.execute(
            "update calls set said = json_insert(said, '$[#]', json(?)) where sid = ?", (line, sid)
        )

    def of_phone(self, number: str, limit: int = 100) -> list[Row]:
        """Return a phone's calls, oldest first, at most the latest `limit`."""
        rows = self._database.execute(
            "select * from calls where phone = ? order by id desc limit ?", (number, limit)
        )
        return [_read(row) for row in rows][::-1]

    def live(self) -> list[Row]:
        """Return the calls that have not ended."""
        rows = self._database.execute("select * from calls where status in (?, ?)", LIVE)
        return [_read(row) for row in rows]


def _read(row: sqlite3.Row) -> Row:
    call = dict(row)
    call["incoming"] = bool(call["incoming"])
    call["said"] = json.loads(call["said"])
    return call
