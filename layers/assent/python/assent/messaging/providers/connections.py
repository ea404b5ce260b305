"""Connections to providers, which are not used again when they have been idle for a while.

Servers and what lies before them end idle connections, after five seconds or some minutes, and a
function that is frozen meanwhile does not hear of it. A text that is then written into such a
connection may have been taken or not, so it would stay `unknown` and never be sent. Whoever ends
idle connections first never finds out. urllib3 has no such limit (its issues 2498 and 3184).
"""

from time import monotonic
from typing import TYPE_CHECKING, Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

AT_ONCE = 10
"""How many messages a process hands to its providers at the same time, each by its connection."""

IDLE = 3.0
"""Seconds after its last answer in which a connection is used again."""

if TYPE_CHECKING:
    _Base = HTTPConnection
else:
    _Base = object


class _Fresh(_Base):
    """A connection that calls itself closed when it has been idle for too long."""

    _answered_at = 0.0

    def getresponse(self) -> Any:  # noqa: ANN401 -- as what it wraps
        answer = super().getresponse()
        self._answered_at = monotonic()
        return answer

    @property
    def is_connected(self) -> bool:
        """Tell whether it may be used; the pool asks before each request."""
        return monotonic() - self._answered_at <= IDLE and super().is_connected


class _Plain(_Fresh, HTTPConnection):
    pass


class _Secure(_Fresh, HTTPSConnection):
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


def connections(**settings: Any) -> PoolManager:  # noqa: ANN401 -- urllib3's own settings
    """Return a manager of such connections; settings are those of urllib3's."""
    manager = PoolManager(maxsize=AT_ONCE, **settings)
    manager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}
    return manager
