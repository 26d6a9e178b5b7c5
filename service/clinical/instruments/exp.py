"""EXP: how closely a client attends to what is felt and says it, as an observer rates it."""

from service.clinical.definitions import Licence, Source, Standing
from service.clinical.observer_levels import levels

KLEIN_1986 = Source(
    citation="Klein, Mathieu-Coughlan & Kiesler (1986). The Experiencing Scales. In Greenberg & "
    "Pinsof (eds), The psychotherapeutic process: a research handbook, 21-71. Guilford Press. "
    "Stages 1 to 7, a modal and a peak rating.",
    standing=Standing.WIDELY_USED,
)

INSTRUMENT = levels(
    id_="exp",
    name="EXP",
    title="Experiencing Scale",
    licence=Licence(
        terms="Copyright Marjorie H. Klein, Philippa Mathieu-Coughlan and Donald J. Kiesler; the "
        "wording of the stages is theirs and does not ship.",
        text_may_ship=False,
    ),
    sources=(KLEIN_1986,),
)
