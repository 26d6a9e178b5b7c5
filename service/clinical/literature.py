"""Sources that several rules rest on, each cited in one place."""

from service.clinical.definitions import Source, Standing

JACOBSON_TRUAX = Source(
    citation="Jacobson & Truax (1991). Clinical significance: a statistical approach to "
    "defining meaningful change in psychotherapy research. Journal of Consulting and "
    "Clinical Psychology 59, 12-19.",
    standing=Standing.PUBLISHED,
    doi="10.1037/0022-006X.59.1.12",
)
