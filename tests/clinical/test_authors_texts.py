"""Every word that ships of an instrument, typed here once more from the form of its authors.

Each table names the form it was typed from. Of every instrument a second, independent publication
was compared letter by letter; where one differs, it is said beside the table.
"""

# ruff: noqa: E501  (a text on one line is compared at a glance)

import pytest

from service.clinical.authors_texts import authors_texts
from service.clinical.catalogue import catalogue

FREQUENCY = ["Not at all", "Several days", "More than half the days", "Nearly every day"]

# PHQ-9: the PDF of phqscreeners.com, as reprinted by clinics; second: CamCOPS of the University of
# Cambridge. LOINC, and US Core after it, words items 1 and 2 as questions, and item 6 without
# blanks around the dash.
PHQ_9 = [
    "Over the last 2 weeks, how often have you been bothered by any of the following problems?",
    "Little interest or pleasure in doing things",
    "Feeling down, depressed, or hopeless",
    "Trouble falling or staying asleep, or sleeping too much",
    "Feeling tired or having little energy",
    "Poor appetite or overeating",
    "Feeling bad about yourself — or that you are a failure or have let yourself or your family down",
    "Trouble concentrating on things, such as reading the newspaper or watching television",
    "Moving or speaking so slowly that other people could have noticed? Or the opposite — being so fidgety or restless that you have been moving around a lot more than usual",
    "Thoughts that you would be better off dead or of hurting yourself in some way",
    *FREQUENCY,
    "If you checked off any problems, how difficult have these problems made it for you to do your work, take care of things at home, or get along with other people?",
    "Not difficult at all",
    "Somewhat difficult",
    "Very difficult",
    "Extremely difficult",
]

# GAD-7: the PDF of phqscreeners.com; second: LOINC panel 69737-5 and CamCOPS, item by item. The
# article of 2006 has "anxious, or on edge" and "it's hard"; CamCOPS has the stem of the PHQ-9.
GAD_7 = [
    "Over the last 2 weeks, how often have you been bothered by the following problems?",
    "Feeling nervous, anxious or on edge",
    "Not being able to stop or control worrying",
    "Worrying too much about different things",
    "Trouble relaxing",
    "Being so restless that it is hard to sit still",
    "Becoming easily annoyed or irritable",
    "Feeling afraid as if something awful might happen",
    *FREQUENCY,
]

# PCL-5: "PCL-5 Standard", National Center for PTSD, 14 August 2013; second: CamCOPS, which leaves
# out the question mark of item 10.
PCL_5 = [
    "Below is a list of problems that people sometimes have in response to a very stressful experience. Please read each problem carefully and then circle one of the numbers to the right to indicate how much you have been bothered by that problem in the past month.",
    "In the past month, how much were you bothered by:",
    "Repeated, disturbing, and unwanted memories of the stressful experience?",
    "Repeated, disturbing dreams of the stressful experience?",
    "Suddenly feeling or acting as if the stressful experience were actually happening again (as if you were actually back there reliving it)?",
    "Feeling very upset when something reminded you of the stressful experience?",
    "Having strong physical reactions when something reminded you of the stressful experience (for example, heart pounding, trouble breathing, sweating)?",
    "Avoiding memories, thoughts, or feelings related to the stressful experience?",
    "Avoiding external reminders of the stressful experience (for example, people, places, conversations, activities, objects, or situations)?",
    "Trouble remembering important parts of the stressful experience?",
    "Having strong negative beliefs about yourself, other people, or the world (for example, having thoughts such as: I am bad, there is something seriously wrong with me, no one can be trusted, the world is completely dangerous)?",
    "Blaming yourself or someone else for the stressful experience or what happened after it?",
    "Having strong negative feelings such as fear, horror, anger, guilt, or shame?",
    "Loss of interest in activities that you used to enjoy?",
    "Feeling distant or cut off from other people?",
    "Trouble experiencing positive feelings (for example, being unable to feel happiness or have loving feelings for people close to you)?",
    "Irritable behavior, angry outbursts, or acting aggressively?",
    "Taking too many risks or doing things that could cause you harm?",
    "Being “superalert” or watchful or on guard?",
    "Feeling jumpy or easily startled?",
    "Having difficulty concentrating?",
    "Trouble falling or staying asleep?",
    "Not at all",
    "A little bit",
    "Moderately",
    "Quite a bit",
    "Extremely",
]

# DASS-21: the form of the University of New South Wales, as reprinted; several reprints agree on
# every item. Older prints have "eg," for "e.g." and a comma before "or" in the answers 2 and 3.
DASS_21 = [
    "Please read each statement and circle a number 0, 1, 2 or 3 which indicates how much the statement applied to you over the past week. There are no right or wrong answers. Do not spend too much time on any statement.",
    "I found it hard to wind down",
    "I was aware of dryness of my mouth",
    "I couldn't seem to experience any positive feeling at all",
    "I experienced breathing difficulty (e.g. excessively rapid breathing, breathlessness in the absence of physical exertion)",
    "I found it difficult to work up the initiative to do things",
    "I tended to over-react to situations",
    "I experienced trembling (e.g. in the hands)",
    "I felt that I was using a lot of nervous energy",
    "I was worried about situations in which I might panic and make a fool of myself",
    "I felt that I had nothing to look forward to",
    "I found myself getting agitated",
    "I found it difficult to relax",
    "I felt down-hearted and blue",
    "I was intolerant of anything that kept me from getting on with what I was doing",
    "I felt I was close to panic",
    "I was unable to become enthusiastic about anything",
    "I felt I wasn't worth much as a person",
    "I felt that I was rather touchy",
    "I was aware of the action of my heart in the absence of physical exertion (e.g. sense of heart rate increase, heart missing a beat)",
    "I felt scared without any good reason",
    "I felt that life was meaningless",
    "Did not apply to me at all",
    "Applied to me to some degree, or some of the time",
    "Applied to me to a considerable degree or a good part of time",
    "Applied to me very much or most of the time",
]

# K10: the form in use in Australia, as two services there print it. Mental health services there
# also have "In the last four weeks"; the form of the United States asks about the past 30 days.
K10 = [
    "In the past 4 weeks, about how often did you feel tired out for no good reason?",
    "In the past 4 weeks, about how often did you feel nervous?",
    "In the past 4 weeks, about how often did you feel so nervous that nothing could calm you down?",
    "In the past 4 weeks, about how often did you feel hopeless?",
    "In the past 4 weeks, about how often did you feel restless or fidgety?",
    "In the past 4 weeks, about how often did you feel so restless you could not sit still?",
    "In the past 4 weeks, about how often did you feel depressed?",
    "In the past 4 weeks, about how often did you feel that everything was an effort?",
    "In the past 4 weeks, about how often did you feel so sad that nothing could cheer you up?",
    "In the past 4 weeks, about how often did you feel worthless?",
    "None of the time",
    "A little of the time",
    "Some of the time",
    "Most of the time",
    "All of the time",
]

WORDED = {
    "phq-9": PHQ_9, "gad-7": GAD_7, "pcl-5": PCL_5, "dass-21": DASS_21, "k10": K10, "k10-0-4": K10,
}  # fmt: skip


@pytest.mark.parametrize("name", WORDED)
def test_an_instrument_ships_in_the_words_of_its_authors(name: str) -> None:
    assert [text for _, text in authors_texts(catalogue().by_id[name])] == WORDED[name]


def test_no_other_instrument_ships_a_word_of_its_authors() -> None:
    known = catalogue().instruments
    assert {i.id for i in known if list(authors_texts(i))} == set(WORDED)
    assert {i.id for i in known if i.licence.text_may_ship} == set(WORDED)


def test_each_text_is_named_by_the_field_it_stands_in() -> None:
    fields = dict(authors_texts(catalogue().by_id["phq-9"]))
    assert fields["items[9].text"] == PHQ_9[9]
    assert fields["answer_texts[0]"] == "Not at all"
    assert fields["unscored_items[difficulty].answers[LA6575-0]"] == "Very difficult"
    assert next(iter(fields)) == "stem"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("phq-9", "No permission required to reproduce, translate, display or distribute."),
        ("gad-7", "No permission required to reproduce, translate, display or distribute."),
        ("phq-9", "Kroenke, Spitzer & Williams (2001)"),
        ("gad-7", "Spitzer, Kroenke, Williams & Löwe (2006)"),
        ("phq-9", "http://loinc.org/license"),
        ("pcl-5", "in the public domain and not copyrighted"),
        ("pcl-5", "Weathers, Litz, Keane, Palmieri, Marx & Schnurr (2013)"),
        ("dass-21", "not modified, not sold for profit"),
        ("dass-21", "Lovibond & Lovibond (1995)"),
        ("k10", "Copyright Ronald C. Kessler, PhD. All rights reserved."),
        ("k10-0-4", "Kessler, Barker, Colpe"),
    ],
)
def test_the_terms_and_the_citation_that_a_licence_asks_for_are_stated(
    name: str, said: str
) -> None:
    assert said in catalogue().by_id[name].licence.terms
