"""Words that carry no topic: function words, and those with which one asks for papers."""

from __future__ import annotations

STOPWORDS = frozenset(
    """
    a about above after again all also although am an and any are as at be because been before
    being below between both but by can could did do does doing done down during each either etc
    few for from further get gets give given gives had has have having he her here hers him his how
    however i if in into is it its itself just like made make makes many may me might more most
    much must my near no nor not now of off on once one only or other others our out over own
    please same say says see shall she should show shows so some such than that the their them
    then there these they this those through thus to too under until up upon us use used uses
    using very via was we were what when where whether which while who whom whose why will with
    within without would you your
    s t m re ve ll d don doesn isn aren
    anyone anybody anything someone somebody something everything nothing
    paper papers article articles study studies work works publication publications literature
    research author authors abstract abstracts corpus
    cite compare compares describe differ difference differences differs discuss discusses enumerate
    explain list mention mentions recommend suggest summarise summarize
    appear appears appeared came cause caused causes come comes happen happened happening happens
    occur occurred occurs
    exist exists existing find finds found tell know want need look looking called name named
    """.split()
)
