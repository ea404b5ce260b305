"""The phrases people use to ask for silence, as small grammars over folded words.

A message is read from the left as a chain of pieces; it is an opt-out only if every word of it
belongs to a piece. Each pattern is matched against words with single spaces and ends at a space.
Source: 47 CFR 64.1200(a)(10) (any wording that a reasonable person would understand) and the
whole-message phrases of the product's policy.
"""

import re
from enum import StrEnum
from functools import cache


class Piece(StrEnum):
    """What a stretch of words does to the message's meaning."""

    out = "out"  # asks for silence by itself
    keyword = "keyword"  # a documented word that is also everyday language when not alone
    lead = "lead"  # "I want to", "can you": needs a request after it
    complaint = "complaint"  # "I never signed up": no request by itself
    polite = "polite"  # please, thanks, greetings, anger: changes nothing
    number = "number"  # a short code or phone number


# Parts that patterns share, named in braces. Like every block below: one alternative a line (or
# several with bars between), an indented line continues the one above, `#` begins a remark.
_SLOTS = {
    "ME": r"""
me|us
my (?:(?:cell|mobile|phone|home|work|old|new) )*(?:number|phone|cell|name|info|information|
  contact|line)
this (?:(?:cell|mobile|phone) )*(?:number|phone|line)
""",
    "TEXTS": r"""
texts?|text messages?|txts?|text msgs?|msgs?|mess?ages?|mesages?|sms(?:es)?|alerts?
notifications?|notices|updates|reminders|promos?|promotions?|ads|advertisements?|advertising
offers|deals|marketing|spam|junk|crap|shit|bullshit|bs|garbage|nonsense|solicitations?
communications?|correspondence|surveys|emails|calls|stuff|subscriptions?
""",
    "CANCELLABLE": r"""
texts|text messages?|txts|msgs|messages|sms|alerts|notifications|subscriptions?
""",
    "KIND": r"""
all|any|of|the|these|those|this|that|your|ur|you|more|further|future|such|other|stupid
dumb|fing|effing|freaking|annoying|damn|fucking|goddamn|bloody|unwanted|unsolicited|automated
marketing|political|promotional|promo|sales|text|sms|daily|weekly|constant|so many|so much
kind of|kinds of|type of|types of|mass|bulk|group|my|everything|every
""",
    "LIST": r"""
lists?|mailing lists?|texting lists?|messaging lists?|contact lists?|call lists?|text lists?
distribution lists?|marketing lists?|phone lists?|database|data base|system|systems|records
files?|contacts|directory|program|programs|service|group|thread|campaign
""",
    "DOING": r"""
text(?:ing|in|n)|txting|txtng|texing|messag(?:ing|in|eing)|msging|sending|contacting|calling
emailing|bothering|bugging|spamming|annoying|harassing|pestering|soliciting|hitting up
writing(?: to)?|text|txt|msg|message|send|contact|spam|blowing up
""",
    "DO": r"""
text|txt|message|msg|contact|call|sms|send|write(?: to)?|email|bother|spam|solicit|harass
""",
    "NOT": r"""
do not|dont|don t|doesnt|does not|no longer|didnt|did not|never
""",
    "WHICH": r"(?:{KIND}\s)*",
    "AGAIN": r"(?:\s(?:anymore|any more|again|ever again|ever|no more|any longer))?",
    "TO_ME": r"""
(?:\s(?:to|at|on|from|for|by|with)\s(?:{ME}|you|u|yall|you guys|you people|your company|
  this company|your organization|this business|your business))?
""",
    "ITEMS": r"{WHICH}{TEXTS}{TO_ME}",
}

_OUT = r"""
# stop texting me these messages
(?:stop|stopp|quit|cease|end|no more|enough|stop all|stop the)(?:\s(?:the\s)?(?:fucking|fuckin|
  freaking|damn|goddamn|hell))?\s{DOING}(?:\s{ME})?(?:\s(?:{ITEMS}|these|this(?! is)|those|
  it(?! is)|them|anything))?{TO_ME}{AGAIN}
(?:stop|quit|cease|no more|no further|discontinue|terminate|turn off|enough)\s{ITEMS}{AGAIN}
(?:cancel|end|cease|remove)\s{WHICH}{CANCELLABLE}{TO_ME}
stop\s(?:receiving|getting)\s{ITEMS}
# unsubscribe me from this list, opt me out of these alerts
(?:unsubscribe|unsub|unsubcribe|unsuscribe|unsubscrib|un subscribe|desubscribe|opt ?out|
  opt {ME} out|opt {ME})(?:\s{ME})?(?:\s(?:from|of|to|off|
  out of))?(?:\s{WHICH}(?:{LIST}|{TEXTS}|here|it|now))?(?:\s(?:all|everything|you|
  this))?{TO_ME}
# take my number off your list
(?:take|remove|delete|drop|get|keep|pull|scratch|erase|scrub|strike|cross|leave)\s{ME}
  \s(?:off|from|out|out of|off of)\s(?:of\s)?{WHICH}(?:{LIST}|{TEXTS}){TO_ME}
(?:take|remove)\s{ME}\s(?:off|from)(?:\s(?:of\s)?(?:here|this|it))?{TO_ME}
(?:remove|delete)\s{ME}
(?:erase|lose|forget)\s(?:my|this)\s(?:(?:cell|phone)\s)?number
(?:remove|delete)\s(?:from|off)\s{WHICH}{LIST}
(?:off|out)(?:\sof)?\s(?:your|this|ur)\s(?:\w+\s)?lists?
cease and desist|(?:im|i am) opting out
be\s(?:removed|taken off|unsubscribed|opted out|deleted)(?:\s(?:(?:from|of)
  \s)?{WHICH}(?:{LIST}|{TEXTS}))?
# do not text me again
(?:do not|dont|don t|never)\s(?:ever\s)?{DO}\s(?:{ME}(?:\s{ITEMS})?|{ITEMS}|here)
  {TO_ME}{AGAIN}
(?:do not|dont|never)\s(?:text|txt|message|msg|contact|sms)(?:\s(?:anymore|again|ever again))?
no\s(?:texts|texting|text messages|msgs|sms|solicitation){TO_ME}
# I don't want your texts, I no longer wish to hear from you
{NOT}\s(?:want|wish|need|care|like|wanna|want to|wish to|care to|like to|want to be)
  \s(?:(?:for|to)\s)?(?:(?:receive|receiving|get|getting|have)\s)?{ITEMS}{AGAIN}
{NOT}\s(?:want|wish|care|like|wanna)\s(?:to\s)?be\s(?:contacted|texted|messaged|called|
  bothered|subscribed|on\s{WHICH}{LIST}|in\s{WHICH}{LIST}|part of\s{WHICH}{LIST})
  {TO_ME}{AGAIN}
{NOT}\s(?:want|wish|care|wanna)\s(?:to\s)?hear from\s(?:you|u|yall|you guys|you people){AGAIN}
# wrong number
(?:(?:you|u|yall|you guys|you all)\s(?:have\s|got\s|have got\s|ve got\s|still have\s)?(?:the\s|
  a\s)?|youve got (?:the )?|this is (?:the |a )?|its (?:the |a )?)?wrong (?:number|num|
  phone number)(?:\s(?:bro|dude|buddy|pal|man|lady|honey|hun|my friend))?
# leave me alone
leave (?:me|us|my family) (?:the hell |the fuck |the heck )?alone
(?:fuck|piss|bugger|buzz|bug|f|eff|sod) off
go away|get lost|block me
# I revoke my consent
(?:hereby\s)?(?:revoke|withdraw|rescind)\s(?:my\s|all\s|any\s|prior\s)*(?:consent|permission|
  authorization)
(?:do not|dont|no longer)\s(?:consent|give (?:you )?(?:my )?(?:consent|permission))
# Spanish
(?:no|nunca)\s(?:me|nos)\s(?:escriban?|escribas|manden?|mandes|envien?|envies|contacten?|
  contactes|texteen?|textees|molesten?|molestes|llamen?|llames)(?:\s(?:mas|nunca|nada|otra vez|
  mensajes|mas mensajes|estos mensajes))*
(?:ya\s)?no\s(?:quiero|deseo|quisiera)\s(?:recibir\s|mas\s|sus\s|estos\s|tus\s|los\s|
  ningun\s)*(?:mensajes?|textos?|sms|alertas|promociones|notificaciones|publicidad)
  (?:\sde texto)?
(?:no|ya no)\s(?:mas\s)+(?:mensajes?|textos?|sms|alertas)
(?:deja|deje|dejen|dejar|paren?|para)\sde\s(?:escribir|mandar|enviar|molestar|textear|contactar|
  llamar)(?:me|nos)?(?:\s(?:mas\s|estos\s|tantos\s|sus\s)*(?:mensajes|textos|sms))?
(?:quit|saqu|borr|elimin|retir|saca|quita|remuev)(?:a|e|en|ar)?(?:me|nos)(?:\sde\s(?:la|su|esta|
  tu|sus|las)\slistas?)?
(?:dar|denme|deme|dame|darme|darnos|dar me)(?:\sde)?\sbaja
(?:cancelar|anular|cancela|cancele|cancelen|cancel)\s(?:la\s|mi\s|esta\s|los\s|
  estos\s)?(?:su[bs]?s?cripcion|mensajes)
(?:(?:es\s|tiene\s|este es\s|tienen\s)(?:el\s|un\s)?)?numero (?:equivocado|incorrecto)
(?:dejen|deje|deja)(?:me|nos) en paz
# French
(?:arret(?:e|er|ez)|cessez|cesse|stop)\s(?:de\s)?(?:m|me\s|nous\s)?(?:envoyer|ecrire|texter|
  contacter|appeler|deranger|harceler)(?:\s(?:des\s|ces\s|vos\s|les\s)?(?:messages|textos|sms))?
(?:arretez|arreter|cessez)\s(?:les|ces|vos|tous les)\s(?:messages|textos|sms)
ne\s(?:m|me\s|nous\s)(?:envoyez|ecrivez|textez|contactez|appelez|derangez|envoie|ecris)
  \splus(?:\s(?:de\s|rien|jamais)\s?(?:messages|textos|sms)?)?
(?:je\s)?(?:ne\s)?(?:veux|souhaite|desire)\splus\s(?:de\s|recevoir\s(?:de\s|vos\s|ces\s|
  des\s)?)?(?:messages|textos|sms)
(?:ne\s)?plus\s(?:recevoir\s)?(?:de\s|vos\s|ces\s)(?:messages|textos|sms)
(?:retirez|enlevez|supprimez|retire|enleve|otez)(?:\s(?:moi|nous|mon numero|mon nom))
  (?:\sde\s(?:votre|la|cette|vos)\slistes?)?
(?:(?:vous avez (?:le |un )?|cest (?:le |un )?)?(?:mauvais|faux) numero)
laissez (?:moi|nous) tranquilles?
(?:desabonn|desinscri)(?:er|ez|vez|re|ement|ption)(?:\s(?:moi|nous))?(?:\sde\s(?:votre|la|cette)
  \sliste)?
# Portuguese, Italian, German
(?:pare|parem) de (?:me )?(?:enviar|mandar)(?: mensagens| sms)?
nao quero (?:mais )?mensagens|numero sbagliato
non (?:scrivetemi|contattatemi) piu
numero errado
(?:bitte )?keine (?:sms|nachrichten)(?: mehr)?
falsche nummer
"""

_LEAD = r"""
(?:i|we)\s(?:(?:really|just|would|do|also|now|hereby)\s)*(?:want|wanna|wish|need|request|demand|
  ask|prefer|like|am asking|am requesting|have asked|asked|am trying|expect|said)(?:\s(?:you|
  that|u|yall|you all|you guys|for you))?(?:\s(?:to|please))*
(?:im|i am)\s(?:asking|requesting|trying|telling|begging)(?:\syou)?(?:\sto)?
trying to|id like to
(?:can|could|would|will)\s(?:you|u|someone|i|we|yall)
would you mind|youd better|you need to
(?:how|where)\s(?:do|can|would|should)\s(?:i|we)
how to|let me|i (?:think|believe|guess)|(?:im )?afraid|looks like|i d like to
i (?:have )?(?:told|asked) you(?: guys)?(?: (?:to|already|before))*
i (?:already )?said(?: to)?|(?:i|we)|you must|you should|wish to|to|text me|reply|quiero
quisiera|deseo|puede|pueden|podria|podrian|favor de|je (?:veux|voudrais|souhaite)|veuillez
pouvez vous|pourriez vous|je vous demande de
"""

_COMPLAINT = r"""
(?:(?:im|i am|were|we are)\s)?(?:not|no longer) interested(?: in (?:this|these|it|your \w+))?
no thanks|no thank you|no thx
(?:i|we)?\s?(?:never|did not|didnt|dont remember)\s(?:sign(?:ed|ing)? up|subscribed?|agreed?|
  signing up|consent(?:ed)?|ask(?:ed)?|request(?:ed)?|opt(?:ed)? in)(?:\s(?:for|to|this|these|
  it|that|your|with|anything|any|of|texts|messages))*
who (?:is|are|tf is|the hell is|dis|the fuck is)\s?(?:this|you|it)?
whos this|who dis
(?:i|we) (?:do not|dont|don t) (?:even )?(?:know|recognize) (?:you|who you are|who this is|
  this number|any of you)
how did you get (?:my|this) number
(?:this|it) is (?:very |so |really |just )?(?:annoying|spam|harassment|ridiculous|illegal|
  a scam|harassing|too much|not ok)
its (?:very |so |really )?(?:annoying|spam|harassment|ridiculous)
(?:this is|thats|that is|its|this isnt|im|i am) (?:not )(?!stop|unsub)\w+(?: (?:number|phone|
  cell|anymore))?
wrong person
you have (?:the )?wrong person
no more
(?:way )?too many (?:texts|messages|alerts|of these)
enough(?: is enough| already)?
thats enough
(?:i|we)(?: have|ve|ve already| already)? (?:asked|told) (?:you|yall|u) (?:already|before|
  (?:\w+ )?times)
(?:or )?(?:i will|ill|im going to|we will) (?:report|sue|block)(?: (?:you|this|u|it))?
last warning
(?:i )?(?:have |ve )?already voted
or else
i dont live there(?: anymore)?
i moved|i (?:have )?moved away|spam|spammers?|scammers?
(?:ya )?no (?:me )?(?:interesa|gracias)
non merci|pas interesse
you (?:keep|are) (?:texting|messaging|harassing|spamming|bothering|annoying) me
"""

_POLITE = r"""
please+|pls+|plz+|plea?s|pleas|plse|pleeze|kindly|por favor|porfavor|porfa|favor|svp|stp
sil vous plait|s il vous plait|sil te plait|bitte
thank you(?: (?:so much|very much|kindly|all))?
thanks(?: (?:so much|a lot|much|again|anyway|in advance|guys|all|very much))?
thank u|thanx|thx|ty|tks|tysm|muchas gracias|mil gracias|gracias|merci(?: beaucoup| bien)?
obrigado|danke|grazie|hi+|hello|hey+|hola|bonjour|bonsoir|salut
good (?:morning|afternoon|evening|day)
dear|sirs?|maam|madam|folks|buenos dias|buenas|sorry|apologies|excuse me|no offense
with respect|ok(?:ay)?|yes|yeah|no+|nope|y|n|just|simply|then|and|but|alright|now|right now|rn
right away|immediately|asap|at once|already|forever|ever|permanently|effective immediately
once and for all|for good|for ever|anymore|any more|all|for the last time|once again|last time
finally|ahora|ya|inmediatamente|maintenant|immediatement|tout de suite
have a (?:nice|good|great|wonderful|blessed) (?:day|one|night|evening|weekend)
god bless(?: you)?|bye|goodbye|good bye|regards|best regards|kind regards|sincerely|cheers
adios|cordialement|peace|damn(?: it)?|damnit|dammit|fucking|fuckin|fck|fkn|freaking|effing
the (?:fuck|hell|heck)|tf|wtf|omg|ffs
for (?:gods|christs|fucks|petes|heavens) sake
goddamn(?: it)?|jesus(?: christ)?
(?:you )?(?:bitch(?:es)?|assholes?|jerks?|idiots?|morons?|creeps?)
you people|you guys|people|guys|yall|seriously|literally|for real|i mean it|i beg you
im begging you|i repeat|ugh+|smh|enough
"""


_SLOT = re.compile(r"\{([A-Z_]+)\}")


def _pattern(block: str) -> str:
    """Return the block's alternatives as one group, with its slots filled."""
    lines: list[str] = []
    for line in block.strip().splitlines():
        if line.startswith("  "):
            lines[-1] += line.strip()
        elif not line.startswith("#"):
            lines.append(line)
    return _SLOT.sub(lambda slot: _pattern(_SLOTS[slot[1]]), f"(?:{'|'.join(lines)})")


@cache
def grammar(keywords: frozenset[str]) -> re.Pattern[str]:
    """Return the pattern that reads one piece; `lastgroup` of a match is its `Piece`.

    Compiled when the first message needs it (some 70 ms): not every importer reads messages.
    """
    # Where one alternative begins another, the longer must be tried first.
    words = "\n".join(sorted(map(re.escape, keywords), key=len, reverse=True))
    in_order = {
        Piece.out: _OUT,
        Piece.complaint: _COMPLAINT,
        Piece.keyword: words,
        Piece.lead: _LEAD,
        Piece.polite: _POLITE,
        Piece.number: r"\d{5,}|(?:1 )?\d{3} \d{3} \d{4}",
    }
    pieces = [f"(?P<{kind}>{_pattern(block)} )" for kind, block in in_order.items()]
    return re.compile("|".join(pieces))


_SUSPECT = r"""
(?<!dont )(?<!not )(?<!never )(?<!cant )(?<!wont )(?:stop|quit|cease) (?:texting(?! and)|
  messaging|sending(?: me)?|contacting|spamming|harassing|calling me|all|these|the texts)\s
(?:unsubscribe|opt(?:ing)? (?:me )?out|optout|take me off|take my number|leave me alone)\s
remove (?:me|us|my (?:\w+ )?(?:number|name))\s
(?:do not|dont) (?:text|message|contact) (?:me|us|this|my)\s
(?:no more (?:texts?|messages?|msgs?|spam)|wrong number|no longer (?:want|wish))\s
(?:(?:revoke|withdraw) (?:my|all)|off (?:of )?(?:your|this|the) (?:\w+ )?list)\s
(?:tcpa|do not call (?:list|registry)|attorney general)\s
(?:stop|end|quit) (?:this|it|that) (?:now |already |please )?$
(?:darme de baja|de baja|dejen? de|numero equivocado|no quiero (?:recibir|mas))\s
no me (?:escriban|manden|envien|contacten|llamen|molesten)\s
(?:desabonn\w+|desinscri\w+|plus recevoir|mauvais numero)\s
"""


@cache
def suspect() -> re.Pattern[str]:
    """Return what makes a long or unusual message worth a look, in a line with a space around."""
    return re.compile(f" {_pattern(_SUSPECT)}")
