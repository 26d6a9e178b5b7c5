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
LUTZ_1999 = Source(
    citation="Lutz, Martinovich & Howard (1999). Patient profiling: an application of random "
    "coefficient regression models to depicting the response of a patient to outpatient "
    "psychotherapy. Journal of Consulting and Clinical Psychology 67, 571-577.",
    standing=Standing.WIDELY_USED,
    doi="10.1037/0022-006X.67.4.571",
)
FINCH_2001 = Source(
    citation="Finch, Lambert & Schaalje (2001). Psychotherapy quality control: the statistical "
    "generation of expected recovery curves for integration into an early warning system. Clinical "
    "Psychology and Psychotherapy 8, 231-242.",
    standing=Standing.WIDELY_USED,
    doi="10.1002/cpp.286",
)
