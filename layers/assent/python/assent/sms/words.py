"""The words people answer with, as data: each set with its source and language.

A message is an answer only as a whole (see `keywords`). Sets marked "policy of this product"
apply the regulator's test that any wording counts which a reasonable person would understand
(47 CFR 64.1200(a)(10), in force 2025-04-11).
"""

from dataclasses import dataclass

POLICY = "policy of this product"


@dataclass(frozen=True, slots=True)
class WordSet:
    """Words that mean one thing, the language they belong to, and who says so."""

    source: str
    language: str
    words: tuple[str, ...]


def _set(source: str, language: str, *words: str) -> WordSet:
    return WordSet(source, language, words)


REGULATOR = "47 CFR 64.1200(a)(10)"
TWILIO = "Twilio support, opt-out keywords"
AWS = "AWS End User Messaging user guide, required keywords"
TELNYX = "Telnyx messaging documentation"
CANADA = "Canadian carriers' mandatory keyword replies"
TOLL_FREE = "Twilio support, toll-free filtering"

# fmt: off
OPT_OUT = (
    _set(REGULATOR, "en", "stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe"),
    _set(TWILIO, "en", "STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE",
         "OPTOUT"),
    _set("Twilio Proxy documentation, opt-out keywords", "fr", "ARRET", "ARRETT", "ARRETE"),
    _set(AWS, "en", "ARRET", "CANCEL", "END", "OPT-OUT", "OPTOUT", "QUIT", "REMOVE", "STOP", "TD",
         "UNSUBSCRIBE"),
    _set(TELNYX, "en", "STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"),
    _set(CANADA, "fr", "STOP", "ARRET"),
    _set(TOLL_FREE, "en", "STOP"),
    _set(POLICY, "es", "PARAR", "ALTO", "BAJA", "CANCELAR", "pare", "paren", "detener",
         "detenga", "anular", "desuscribir", "desuscribirme", "desuscribirse", "dar de baja",
         "darme de baja", "de baja"),
    _set(POLICY, "fr", "arrêter", "arrêtez", "désabonner", "désabonnement", "désabonnez moi",
         "me désabonner", "se désabonner", "désinscrire", "désinscription", "désinscrivez moi"),
    _set(POLICY, "pt", "sair", "descadastrar"),
    _set(POLICY, "de", "stopp", "abmelden", "abbestellen", "aufhören"),
    _set(POLICY, "it", "cancellami", "disiscrivimi", "disiscriviti"),
    _set(POLICY, "nl", "stoppen", "afmelden"),
    _set(POLICY, "ru", "стоп", "отписаться", "отмена"),
    _set(POLICY, "zh", "停止", "退订", "退訂", "取消订阅"),
    _set(POLICY, "ko", "중지", "수신거부"),
    _set(POLICY, "vi", "dừng lại"),
    _set(POLICY, "tl", "tigil", "itigil"),
    _set(POLICY, "ht", "sispann"),
    _set(POLICY, "en", "unsub", "un subscribe", "unscribe", "desubscribe", "opt me out",
         "st op", "sto p", "s top", "stop2end", "stop2quit", "stoptext", "stop text", "stop txt"),
)

OPT_IN = (
    _set(TWILIO, "en", "START", "UNSTOP"),
    _set(TOLL_FREE, "en", "START", "UNSTOP"),
    _set(POLICY, "en", "un stop", "start again", "start texting me", "start texting me again",
         "start messages", "start texts"),
)

HELP = (
    _set(TWILIO, "en", "HELP", "INFO"),
    _set(AWS, "en", "HELP"),
    _set(CANADA, "fr", "HELP", "AIDE", "INFO"),
    _set(POLICY, "es", "ayuda", "info"),
    _set(POLICY, "en", "help me", "help info"),
)

YES = (
    _set(POLICY, "en", "y", "yes", "yess", "yees", "yeah", "yeh", "yea", "yah", "yep", "yepp",
         "yup", "yupp", "ya", "ye", "yas", "yass", "yessir", "aye", "sure", "sure thing", "yes yes",
         "y yes", "yes y", "yes sure", "sure yes", "yes i do", "yes i would", "yes i am",
         "yes we do", "yes i want to", "yes i want it", "yes i want in", "yes i agree",
         "yes i accept",
         "yes i consent", "yes i confirm", "yes confirm", "yes i would like to", "yes id like to",
         "yes id love to", "yes sign me up", "yes subscribe me", "yes opt me in", "yes of course",
         "yes definitely", "yes absolutely", "yes indeed", "yes to texts", "i agree", "agree",
         "agreed", "i accept", "accept", "i consent", "confirm", "confirmed", "i confirm",
         "of course", "absolutely", "definitely", "for sure", "certainly", "count me in",
         "sign me up", "opt me in"),
    _set(POLICY, "es", "si", "sí", "si si", "claro", "claro que si", "si claro", "por supuesto",
         "si quiero", "si acepto", "acepto", "de acuerdo", "si confirmo", "confirmo", "yes si"),
    _set(POLICY, "fr", "oui", "ouais", "oui oui", "bien sûr", "oui bien sûr", "d'accord",
         "oui d'accord", "j'accepte", "oui j'accepte", "oui je veux", "je confirme"),
)

NO = (
    _set(POLICY, "en", "n", "no", "nope", "nop", "nah", "naw", "nay", "no no", "n no", "no n",
         "no i do not", "no i dont", "no i dont want to", "no i do not want to",
         "no i would not", "no i wouldnt", "no i wont", "no i decline", "i decline", "decline",
         "declined", "absolutely not", "definitely not", "of course not",
         "no not interested", "no im not interested", "no i am not interested", "no im good",
         "no not for me", "not for me", "no not now", "no not today", "i refuse", "no i refuse",
         "id rather not", "rather not", "i do not agree", "i dont agree", "ill pass",
         "no ill pass", "no need", "no not me", "hell no", "no sir"),
    _set(POLICY, "es", "no quiero", "no acepto", "no no quiero", "no estoy de acuerdo",
         "claro que no", "para nada", "no me interesa"),
    _set(POLICY, "fr", "non", "non non", "pas du tout", "je refuse", "je n'accepte pas",
         "non je ne veux pas", "je ne veux pas", "pas interesse", "non pas interesse"),
)

# Neither sure nor ordinary: a person decides.
MAYBE = (
    _set(POLICY, "en", "not interested", "im not interested", "i am not interested",
         "no longer interested", "no more", "no more please", "enough", "enough already",
         "thats enough", "stop it", "stop that", "stop this", "end this", "quit it",
         "out", "off", "opt", "i want out", "let me out", "get me out", "unsubscribed",
         "subscribe off", "delete", "delete this", "block", "blocked", "blocking you", "spam",
         "scam", "this is spam", "this is harassment", "wrong person", "do not want",
         "stopit", "fuck you", "screw you", "removed", "stopped", "stopping",
         "i dont want this", "i do not want this", "i dont want these",
         "i dont want it", "reported", "reporting you", "i will report you",
         "too many texts", "too many messages", "dont", "do not", "mute",
         "do not disturb", "no contact", "nomore", "never again", "cease", "terminate",
         "discontinue"),
    _set(POLICY, "es", "basta", "basta ya", "ya no", "no más", "ya no más", "fuera", "salir",
         "no moleste", "no molesten", "fin", "ya basta"),
    _set(POLICY, "fr", "fin", "assez", "ça suffit", "plus rien", "terminé", "quitter",
         "annuler"),
)

# Typing errors are tolerated for these. ALTO, BAJA and the like have too many neighbours (auto,
# caja, Aldo); START has none on purpose: consent is never given back by a slip of the thumb.
FORGIVEN_OPT_OUT = ("stop", "stopall", "unsubscribe", "cancel", "quit", "revoke", "remove",
                    "optout", "arret", "parar", "cancelar", "desuscribir", "desabonner")
FORGIVEN_HELP = ("help",)
# fmt: on
