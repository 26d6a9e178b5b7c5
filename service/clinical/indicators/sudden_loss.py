"""sudden-loss: a large step against the scale's better direction between two sessions in a row."""

from service.clinical.findings import Category
from service.clinical.indicator import Indicator, Per
from service.clinical.literature import LUTZ_2013, TANG_DERUBEIS_1999
from service.clinical.steps import LIMITS, Steps
from service.psychometrics.sudden_gains import loss_criteria, sudden_losses

RULE = "sudden-loss"
STEPS = Steps(rule=RULE, judge=sudden_losses, tell=loss_criteria, reassures=False)

INDICATOR = Indicator(
    id=RULE,
    revision=2,
    title="Sudden loss",
    documentation="Between sessions n and n + 1 of a scale on which lower is better: a rise of at "
    "least the scale's reliable change; of at least 25 % of the score before; and a difference of "
    "the means of up to three scores on either side above t times their pooled SD (t 2.776, 3.182 "
    "or 4.303 for 4, 3 or 2 degrees of freedom). Where higher is better the scale is "
    "reflected first. A pair with a missing score is not tested. " + LIMITS,
    sources=(TANG_DERUBEIS_1999, LUTZ_2013),
    category=Category.SURVEY,
    per=Per.EVENT,
    codes=(RULE,),
    find=STEPS.find,
    explain=STEPS.explain,
)
