"""The overview: what an operator wants to know first."""

from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from assent.accounts.model import Permission
from assent.api import broadcasts, integrations
from assent.api.context import member, services
from assent.api.views import CountView, OverviewView, SenderView
from assent.contacts.groups import store as group_store
from assent.contacts.queue import store as queue_store

router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call]
_LATEST = 5


@router.get("/api/v1/overview", summary="Overview", tags=["Account"])
def overview() -> OverviewView:
    """Return the queue's count, groups, integrations, senders and the latest broadcasts."""
    _, account = member(router.current_event, Permission.QUEUE_VIEW)
    sender = services().accounts.sender_for(account.id, account.sender_id)
    return OverviewView(
        queue=CountView.up_to(queue_store.COUNT_BOUND, queue_store.size(account.id)),
        groups=len(group_store.groups(account.id)),
        integrations=[
            integrations.view(account, one) for one in services().integrations.all(account.id)
        ],
        senders=[SenderView.of(sender, account)],
        broadcasts=[
            broadcasts.view(one) for one in broadcasts.service().listed(account.id, None, _LATEST)
        ],
    )
