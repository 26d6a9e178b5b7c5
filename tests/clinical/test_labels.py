from service.clinical.labels import CONFIDENTIALITY, strictest

TAGS = "http://terminology.hl7.org/CodeSystem/v3-ActCode"


def test_the_highest_confidentiality_stands_alone() -> None:
    given = [(CONFIDENTIALITY, "N"), (CONFIDENTIALITY, "V"), (CONFIDENTIALITY, "R")]
    assert strictest(given) == ((CONFIDENTIALITY, "V"),)


def test_other_labels_add_up() -> None:
    given = [(TAGS, "PSYTHPN"), (CONFIDENTIALITY, "R"), (TAGS, "42CFRPart2"), (TAGS, "PSYTHPN")]
    assert strictest(given) == ((TAGS, "42CFRPart2"), (TAGS, "PSYTHPN"), (CONFIDENTIALITY, "R"))


def test_no_label_gives_none() -> None:
    assert strictest([]) == ()
