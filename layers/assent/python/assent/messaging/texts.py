"""What is sent in answer to a JOIN word, and in thanks for a YES.

Required elements: CTIA Messaging Principles and Best Practices, May 2023.
"""

from assent.accounts.model import Sender

_JOIN = (
    "{program}: you asked to join. Reply YES to get our texts. Msg frequency varies. "
    "Msg&DataRatesMayApply. Reply HELP for help, STOP to opt out."
)
_THANKS = "{program}: thank you, you are in. Reply HELP for help, STOP to opt out."


def join_request_text(sender: Sender) -> str:
    """Write the question that answers a JOIN word."""
    return _JOIN.format(program=sender.program_name)


def thank_you_text(sender: Sender) -> str:
    """Write the thanks for a YES."""
    return _THANKS.format(program=sender.program_name)
