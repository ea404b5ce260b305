"""The app: all routers under one resolver, with validation and OpenAPI from the types."""

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from assent.api import (
    account,
    broadcasts,
    contact_imports,
    contacts,
    decisions,
    deletions,
    directory,
    exports,
    groups,
    integrations,
    jobs,
    labels,
    notes,
    opt_out_imports,
    opt_outs,
    overview,
    phones,
    profiles,
    proof,
    queue,
    saved_views,
    senders,
    subscriptions,
    users,
)
from assent.platform import http

app = APIGatewayHttpResolver(enable_validation=True)
http.answer_refusals(app)
for module in (
    account,
    phones,
    overview,
    queue,
    groups,
    directory,
    contacts,
    contact_imports,
    integrations,
    broadcasts,
    opt_out_imports,
    proof,
    decisions,
    senders,
    opt_outs,
    subscriptions,
    profiles,
    labels,
    notes,
    jobs,
    deletions,
    exports,
    saved_views,
    users,
):
    app.include_router(module.router)
