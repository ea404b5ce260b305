"""Everyday words that decide between an answer and an ordinary message, as data."""


def _words(block: str, separator: str | None = None) -> frozenset[str]:
    return frozenset(word.strip() for word in block.strip().split(separator))


REAL_WORDS = _words(
    """
param qubit quat quis heli harar paran paar parr uit arlet stor
atop estop scop shop slop sop step stoa stob stoep stomp stoop stop stope stops stot stoup stow
strop swop top tops stoc stok snop stox stof acquit cuit duit fuit guit huit luit nuit puit qui
quid quiet quilt quin quint quip quirt quist quit quita quite quito quits quiz quoit quot squit
suit quitar quiot unit cancel cancela cancele cancels cancer carcel chancel cansel evoke revoke
revoked revoker revokes revote rewoke revoque remote remove removed remover removes renove remore
remode unsubscribed unsubscriber unsubscribes aret arrest arrete arrets barret carret farret
garret jarret arrent arres arrey arar pagar pajar palar papar para parad parada parao parara
parare paras parcar parear paren parir parlar parra parrar pasar pazar pear tarar varar parva
parar cancelad cancelan cancelara cancelare cancelas cancelar elp heap hel held hell helm helms
helo help helps hemp hep hulp kelp whelp welp yelp heal heel
"""
)
"""Ordinary words and a few names at edit distance 1 of a keyword: never taken for a slip."""

TRIGGERS = _words(
    """
stop stopp unsubscribe unsub unsubcribe unsuscribe unsubscrib desubscribe subscribe optout opt
opting sign quit cease end no never discontinue terminate turn cancel remove removed delete
deleted unsubscribed opted take taken drop get keep pull scratch erase scrub strike cross leave
lose forget off out dont don not doesnt didnt longer wrong fuck piss bugger buzz bug eff sod go
block revoke withdraw rescind enough tcpa attorney nunca deja deje dejen dejar para pare paren dar
denme deme dame darme darnos cancelar anular cancela cancele cancelen numero dejenme dejeme dejame
baja quiteme quitenme quitame quitarme saqueme saquenme sacame borreme borrenme borrame borrarme
elimineme eliminenme eliminame eliminarme retireme retirenme remuevame remuevanme arrete arreter
arretez cessez cesse ne veux plus souhaite desire retirez enlevez supprimez retire enleve otez
mauvais faux laissez desabonner desabonnez desabonnement desinscrire desinscrivez desinscription
parem nao non sbagliato errado keine falsche
"""
)
"""Every request contains one of these; a message without them is ordinary."""

PLAIN_COURTESY = _words(
    """
please pleas pls plz thanks thank you u thx ty now all immediately asap por favor porfa porfavor
gracias merci svp kindly sil vous plait bitte hi hello right away so much everything
"""
)
"""What may stand beside an everyday word such as "cancel" without changing its meaning."""

WEAK_LEADS = _words(
    """
i
we
to
can i
can we
could i
could we
will i
will we
would i
would we
let me
i think
i believe
i guess
looks like
reply
text me
afraid
im afraid
""",
    "\n",
)
"""Beginnings after which a lone "stop" may speak of something else ("can we stop")."""

NOT_NAMES = _words(
    """
monday tuesday wednesday thursday friday saturday sunday january february march april may june
july august september october november december today tomorrow tonight but by at in on it the i im
we you he she they what when where why who how not no yes and or then love great good call see if
wait sign start your my
"""
)
"""Words with a capital that are no signature."""

AFTER_STOP = _words(
    """
by at in on over off sign signs light lights watch gap loss motion here there smoking worrying
tomorrow today tonight later laughing lying joking crying playing trying one two three go the a
and or if when bath work school before after for with
"""
)
"""Words that make "stop ..." an ordinary remark ("stop sign")."""
