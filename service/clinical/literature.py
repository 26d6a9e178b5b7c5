"""Sources that several rules rest on, each cited in one place."""

from service.clinical.definitions import Source, Standing

JACOBSON_TRUAX = Source(
    citation="Jacobson & Truax (1991). Clinical significance: a statistical approach to "
    "defining meaningful change in psychotherapy research. Journal of Consulting and "
    "Clinical Psychology 59, 12-19.",
    standing=Standing.PUBLISHED,
    doi="10.1037/0022-006X.59.1.12",
)
TANG_DERUBEIS_1999 = Source(
    citation="Tang & DeRubeis (1999). Sudden gains and critical sessions in cognitive-behavioral "
    "therapy for depression. Journal of Consulting and Clinical Psychology 67, 894-904.",
    standing=Standing.PUBLISHED,
    doi="10.1037/0022-006X.67.6.894",
)
LUTZ_2013 = Source(
    citation="Lutz, Ehrlich, Rubel, Hallwachs, Röttger, Jorasz, Mocanu, Vocks, Schulte & "
    "Tschitsaz-Stucki (2013). The ups and downs of psychotherapy: sudden gains and sudden losses "
    "identified with session reports. Psychotherapy Research 23, 14-24.",
    standing=Standing.PUBLISHED,
    doi="10.1080/10503307.2012.693837",
)
