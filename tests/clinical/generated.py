"""Courses as hypothesis makes them: every kind of record, missing forms, odd orders."""

from hypothesis import strategies as st

from service.clinical import facts
from tests.clinical.patient_facts import expressed, form, met, ready_made, remark, week

SESSIONS = st.integers(1, 9)
ACTS = st.sampled_from(["explored-feeling", "encouraged-expression", "pressed-for-expression"])
PRESENCES = st.sampled_from(
    ["tears", "tears-held-back", "eyes-filled", "none", "prefer-not-to-record"]
)
MEANINGS = st.sampled_from(["facing-pain", "trust-in-therapist", "overwhelmed", "not-discussed"])


def _answers(items: int, low: int, high: int) -> st.SearchStrategy[dict[int, float]]:
    answer = st.integers(low, high).map(float)
    complete = st.fixed_dictionaries(dict.fromkeys(range(1, items + 1), answer))
    partial = st.dictionaries(st.integers(1, items), answer)
    return complete | complete | partial


def _forms(instrument: str, items: int, low: int, high: int) -> st.SearchStrategy[facts.Answers]:
    return st.builds(
        lambda session, values, usable: form(instrument, session, values, usable=usable),
        SESSIONS,
        _answers(items, low, high),
        st.sampled_from(["usable", "usable", "usable", "safety-only"]),
    )


TOTALS = st.builds(
    lambda session, scale, points: ready_made(session, scale, float(points)),
    SESSIONS,
    st.sampled_from(["phq-9", "gad-7", "aaq-ii"]),
    st.integers(7, 21),
) | st.builds(lambda s, p: ready_made(s, "phq-9", float(p)), SESSIONS, st.integers(20, 27))

ITEMS = st.builds(
    lambda session, answer: facts.SafetyAnswer(
        reference=f"Observation/item-{session}",
        instrument="phq-9",
        item=9,
        value=answer,
        **week(session),
    ),
    SESSIONS,
    st.none() | st.sampled_from([0.0, 1.0, 2.0, 3.0]),
)

EXPRESSIONS = st.builds(
    lambda session, presence, act, meaning: expressed(
        session, presence, therapist_act_before=(act,), patient_meaning=(meaning,)
    ),
    SESSIONS,
    PRESENCES,
    ACTS,
    MEANINGS,
)

REMARKS = st.one_of(
    st.builds(
        lambda session, code, own: remark(session, "pace-wish", code, by_patient=own),
        SESSIONS,
        st.sampled_from(["go-on", "slower", "not-now", "stop", "no-preference"]),
        st.booleans(),
    ),
    st.builds(
        lambda session, topic, number: remark(session, topic, number=float(number)),
        SESSIONS,
        st.sampled_from(["pace-felt", "trust-in-therapist", "acceptance-of-suffering"]),
        st.integers(0, 10),
    ),
    st.builds(
        lambda session, code, strength: remark(
            session,
            "crying-belief",
            code,
            components={"under-question": "yes"}
            | ({"belief-strength": strength} if strength else {}),
        ),
        SESSIONS,
        st.sampled_from(["seen-as-weak", "private-matter", "not-asked"]),
        st.sampled_from(["", "0", "3", "10"]),
    ),
    st.builds(
        lambda session, code: remark(session, "session-attendance", code),
        SESSIONS,
        st.sampled_from(["attended", "did-not-attend", "late-cancel-by-client"]),
    ),
)

ENCOUNTERS = st.builds(
    lambda session, status: met(session, status=status),
    SESSIONS,
    st.sampled_from(["finished", "planned", "cancelled", "in-progress"]),
)

FACTS = st.one_of(
    _forms("phq-9", 9, 0, 3),
    _forms("gad-7", 7, 0, 3),
    _forms("wai-sr", 12, 1, 5),
    _forms("srs", 4, 5, 10),
    _forms("ors", 4, 0, 10),
    _forms("aaq-ii", 7, 1, 7),
    TOTALS,
    ITEMS,
    EXPRESSIONS,
    REMARKS,
    ENCOUNTERS,
)

COURSES = st.lists(FACTS, max_size=20, unique_by=lambda fact: fact.reference)
"""Each resource once, as a store holds them."""
