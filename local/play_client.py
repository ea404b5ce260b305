"""What the transcript does over HTTP: sign in, call the API, look at the phones, wait."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import httpx

_T = TypeVar("_T")
_POLL = 0.1
_MOMENT = 1.5


class CheckFailed(Exception):
    """Something is not as the main job says; the message is for the reader."""


class PageFields(HTMLParser):
    """The fields of a page's form: names, values, and which boxes come ticked."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.ticked: set[str] = set()
        self.links: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note inputs and links."""
        given = dict(attrs)
        if tag == "input" and given.get("name"):
            name = str(given["name"])
            self.values[name] = given.get("value") or ""
            if "checked" in given:
                self.ticked.add(name)
        elif tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))


def until(
    what: str,
    seconds: float,
    probe: Callable[[], _T | None],
    say: Callable[[], None] | None = None,
) -> _T:
    """Ask again until there is an answer; `what` is waited for, at most `seconds`.

    `say` is called once, when it takes more than a moment.
    """
    began = time.monotonic()
    while True:
        found = probe()
        if found:
            return found
        waited = time.monotonic() - began
        if waited > seconds:
            raise CheckFailed(f"waited {seconds:.0f} s in vain for {what}")
        if say and waited > _MOMENT:
            say()
            say = None
        time.sleep(_POLL)


class Browser:
    """The front door as a person and a program use it."""

    def __init__(self, front_url: str) -> None:
        self.url = front_url
        self._http = httpx.Client(base_url=front_url, timeout=65, follow_redirects=False)
        self._token = ""

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def sign_in(self, email: str, password: str) -> None:
        """Sign in as the console does: hosted page, authorization code, PKCE."""
        config = self._expect(self._http.get("/config.json"), 200).json()
        verifier = secrets.token_urlsafe(48)
        digest = hashlib.sha256(verifier.encode()).digest()
        callback = f"{self.url}/signed-in"
        asked = {
            "client_id": config["clientId"],
            "response_type": "code",
            "scope": "openid email profile",
            "redirect_uri": callback,
            "state": secrets.token_urlsafe(8),
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        sign_in = config["signInUrl"]
        page = self._expect(self._http.get(f"{sign_in}/oauth2/authorize", params=asked), 200)
        fields = PageFields(page.text).values | {"username": email, "password": password}
        answer = self._expect(self._http.post(f"{sign_in}/login", data=fields), 302)
        returned = parse_qs(urlsplit(answer.headers["location"]).query)
        if returned.get("state") != [asked["state"]] or "code" not in returned:
            raise CheckFailed(f"sign-in came back without a code: {answer.headers['location']}")
        tokens = self._http.post(
            f"{sign_in}/oauth2/token",
            data={
                "grant_type": "authorization_code",
                "client_id": config["clientId"],
                "redirect_uri": callback,
                "code": returned["code"][0],
                "code_verifier": verifier,
            },
        )
        self._token = self._expect(tokens, 200).json()["id_token"]

    def api(
        self,
        method: str,
        path: str,
        *,
        account: str = "",
        body: object = None,
        expect: int = 200,
        params: dict[str, str] | None = None,
    ) -> Any:  # noqa: ANN401 - JSON
        """Call the console API as the signed-in user; returns the answer's JSON."""
        headers = {"Authorization": f"Bearer {self._token}"}
        if account:
            headers["Assent-Account"] = account
        answer = self._http.request(
            method, f"/api/v1{path}", headers=headers, json=body, params=params
        )
        return self._expect(answer, expect).json()

    def upload(self, path: str, data: bytes, *, account: str) -> None:
        """Put a part of a file to the console API."""
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Assent-Account": account,
            "Content-Type": "application/octet-stream",
        }
        answer = self._http.put(f"/api/v1{path}", headers=headers, content=data)
        self._expect(answer, 200)

    def download(self, path: str, *, account: str, params: dict[str, str]) -> bytes:
        """Get a file from the console API."""
        headers = {"Authorization": f"Bearer {self._token}", "Assent-Account": account}
        answer = self._http.get(f"/api/v1{path}", headers=headers, params=params)
        return self._expect(answer, 200).content

    def page(self, path: str) -> str:
        """Get a page."""
        return self._expect(self._http.get(path), 200).text

    def send_form(self, path: str, fields: dict[str, str]) -> str:
        """Post a form as a browser without scripts does; returns where it leads to."""
        headers = {
            "Accept": "text/html",
            "Origin": self.url,
            "Sec-Fetch-Site": "same-origin",
        }
        answer = self._expect(self._http.post(path, data=fields, headers=headers), 303)
        return str(answer.headers["location"])

    def send_lead(self, key: str, lead: dict[str, str]) -> str:
        """Send a lead by the opt-in API; returns the receipt's id."""
        answer = self._http.post("/api/v1/leads", json=lead, headers={"X-Api-Key": key})
        return str(self._expect(answer, 202).json()["receipt_id"])

    def refused(self, method: str, path: str, *, account: str) -> str:
        """Call the console API, which must answer 409; returns its words."""
        problem = self.api(method, path, account=account, expect=409)
        return str(problem["detail"])

    def subscribe(self, key: str, number: str) -> str:
        """Try to subscribe an opted-out number by the API; returns the words of its 409."""
        answer = self._http.post(
            "/api/v1/subscriptions", json={"phone": number}, headers={"X-Api-Key": key}
        )
        return str(self._expect(answer, 409).json()["detail"])

    def phones(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON
        """Call the handset's API."""
        answer = self._http.request(method, f"/phone/api{path}", json=body)
        if answer.is_error:
            raise CheckFailed(f"{method} /phone/api{path}: {answer.status_code} {answer.text}")
        return answer.json() if answer.content else None

    def received(self, number: str) -> list[dict[str, Any]]:
        """Return the messages that arrived at a phone, oldest first."""
        thread = self.phones("GET", f"/phones/{number}/messages")["messages"]
        return [message for message in thread if message["incoming"]]

    @staticmethod
    def _expect(answer: httpx.Response, status: int) -> httpx.Response:
        if answer.status_code != status:
            request = answer.request
            raise CheckFailed(
                f"{request.method} {request.url.path} answered {answer.status_code} instead of "
                f"{status}: {answer.text[:300]}"
            )
        return answer
