"""Clients of AWS, all from one botocore session: boto3 on top of it, or a session each, takes time.

See docs/adr/0030.
"""

from functools import cache
from typing import Any

import botocore.session
from botocore.config import Config


@cache
def session() -> botocore.session.Session:
    """Return the process's session, which reads regions, endpoints and credentials once."""
    return botocore.session.get_session()


def client(service: str, config: Config | None = None) -> Any:  # noqa: ANN401 -- made at run time
    """Make a client; whoever calls this keeps it."""
    return session().create_client(service, config=config)
