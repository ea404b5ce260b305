"""The app: all routers under one resolver, with validation and OpenAPI from the types."""

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from assent.api import account, contacts, groups, integrations, queue
from assent.platform import http

app = APIGatewayHttpResolver(enable_validation=True)
http.answer_refusals(app)
for module in (account, queue, groups, contacts, integrations):
    app.include_router(module.router)
