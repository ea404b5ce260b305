"""The first message that a lead gets: who will text, how often, what it costs, how to stop.

Required elements: CTIA Messaging Principles and Best Practices, May 2023.
"""

from assent.accounts.model import Sender

_INFORMS = (
    "{program}: thanks for signing up. Msg frequency varies. Msg&DataRatesMayApply. "
    "Reply HELP for help, STOP to opt out."
)
_ASKS = (
    "{program}: reply YES to get our texts. Msg frequency varies. Msg&DataRatesMayApply. "
    "Reply HELP for help, STOP to opt out."
)


def compliance_text(sender: Sender, *, double_opt_in: bool) -> str:
    """Write the compliance message; with double opt-in it asks for YES."""
    if double_opt_in:
        return confirmation_text(sender)
    return _INFORMS.format(program=sender.program_name)


def confirmation_text(sender: Sender) -> str:
    """Write the question that a YES answers."""
    return _ASKS.format(program=sender.program_name)
