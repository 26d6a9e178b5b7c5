"""Every code of CodeSystem `finding`, with its display: what findings say, and answers to them.

Displays say what was computed; where a code is a technical word (`recovered`), its display is not.
"""

from collections.abc import Mapping
from types import MappingProxyType

FINDINGS: Mapping[str, str] = MappingProxyType(
    {
        "safety-review": "Safety item to review",
        "reliable-change": "Reliable change since the first score",
        "clinical-status": "Clinical status",
        "alliance-level": "Alliance level",
        "sudden-gain": "Large step in the scale's better direction",
        "sudden-loss": "Large step against the scale's better direction",
        "early-response": "Change in two early sessions",
        "alliance-trend": "Trend of the alliance score",
        "alliance-difference": "Client's minus therapist's alliance rating",
        "effect-size": "Effect size of the course",
        "paired-status": "Depression and anxiety together",
        "attendance": "Attendance",
        "belief-change": "Change of a belief since its first value",
        "acceptance-change": "Change of acceptance since its first value",
        "depressive-symptoms-without-reported-low-mood": (
            "PHQ-9 symptoms without reported low mood (experimental)"
        ),
        "course": "Sessions of the course",
        "alliance-strain": "Fall of the alliance score below its usual level",
        "alliance-return": "Return of the alliance score to its usual level",
        "pace": "Pace of expression",
        "first-expression": "First recorded tears",
        "expected-course": "Latest scores beside an expected course",
    }
)
"""What a rule finds: the code of a finding, and of the rule in CodeSystem `rule`."""

ANSWERS: Mapping[str, str] = MappingProxyType(
    {
        "safety-acknowledgement": "Acknowledgement of a safety item to review",
        "finding-dismissal": "Dismissal of a finding",
    }
)
"""What a person answers to a finding; the only codes here that a client may write."""

ACKNOWLEDGEMENTS: Mapping[str, str] = MappingProxyType(
    {
        "conversation-held": "A conversation was held",
        "conversation-arranged": "A conversation was arranged",
        "handed-over": "Handed over to a colleague",
    }
)
"""Optional values of a `safety-acknowledgement`."""

DISMISSALS: Mapping[str, str] = MappingProxyType(
    {
        "data-entry-error": "The record it rests on is wrong",
        "already-known": "Already known",
        "already-discussed": "Already discussed with the patient",
        "explained-by-circumstances": "Explained by circumstances",
        "not-relevant": "Not relevant to this course",
        "other-reason": "Other reason",
    }
)
"""The coded reason that a `finding-dismissal` carries as its value."""

VALUES: Mapping[str, str] = MappingProxyType(
    {
        "conversation-same-day": "Needs a conversation the same day",
        "conversation-next-contact": "Needs a conversation at the next contact",
        "item-not-answered": "Safety item not answered",
        "item-not-received": "Safety item not received",
        "acknowledged": "Acknowledged",
        "recovered": "Left the clinical range, with a reliable change",
        "reliably-improved": "Reliable change in the scale's better direction",
        "no-reliable-change": "No reliable change",
        "crossed-without-reliable-change": "Left the clinical range, without a reliable change",
        "reliably-worse": "Reliable change against the scale's better direction",
        "reliably-worse-now-in-clinical-range": (
            "Entered the clinical range, with a reliable change against the better direction"
        ),
        "started-below-cut": "Started outside the clinical range",
        "step-shown": "A step is shown",
        "no-step-shown": "No step shown",
        "pattern-shown": "The answers meet the rule",
        "no-pattern-shown": "No form meets the rule",
        "reached-in-both": "Reached in both sessions",
        "not-reached-in-both": "Not reached in both sessions",
        "rising": "Rising",
        "falling": "Falling",
        "no-trend-shown": "No trend shown",
        "first-seen": "At the latest score",
        "confirmed": "At the last two scores",
        "no-information": "No information: repeated highest scores",
        "possible-strain": "Possible strain",
        "marked-fall": "Marked fall",
        "no-strain-shown": "No strain shown",
        "returned": "Returned to its usual level",
        "not-yet-returned": "Not yet returned",
        "no-later-score": "No later score",
        "pace-check": "Ask about the pace",
        "no-reference": "No reference is known",
        "on-track": "Within the range of the expected course",
        "outside-once": "Latest score outside the range, against the scale's better direction",
        "not-on-track": "Last two scores outside the range, against the scale's better direction",
        "better-than-expected": "Last two scores outside the range, in the better direction",
        "recorded": "Recorded",
        "not-recorded": "Not recorded",
    }
)
"""Values of findings and of their components."""

COMPONENTS: Mapping[str, str] = MappingProxyType(
    {
        "scale": "Scale",
        "topic": "What was recorded",
        "belief": "Belief",
        "threshold": "Threshold",
        "threshold-source": "Source of the threshold",
        "threshold-computed": "Threshold computed from SD and reliability",
        "standard-deviation": "Standard deviation",
        "session-sd": "Session-to-session SD of the scale",
        "reliability": "Reliability",
        "reference": "Reference value",
        "reference-source": "Source of the reference",
        "sample": "Reference sample",
        "scores-used": "Scores used",
        "scores-needed": "Scores needed",
        "items-not-answered": "Items not answered, taken as the mean of the others",
        "sessions-recorded": "Sessions with a record",
        "sessions-without-score": "Sessions without a score",
        "session-of-fall": "Session of the fall",
        "session-of-return": "Session of the return",
        "first-score": "First score",
        "latest-score": "Latest score",
        "change": "Change",
        "change-index": "Reliable change index",
        "attended": "Attended",
        "did-not-attend": "Did not attend",
        "late-cancel-by-client": "Cancelled late by the client",
        "cancelled-by-therapist": "Cancelled by the therapist",
        "ending": "Ending as coded",
        "client-score": "Client's rating",
        "therapist-score": "Therapist's rating",
        "sessions-with-both": "Sessions with both",
        "sessions-needed": "Sessions needed",
        "no-room-for-reliable-change": "Start too near the end of the scale for a reliable change",
        "no-room-against-better-direction": (
            "Start too near the other end of the scale for a reliable change towards it"
        ),
        "case-at-start": "At or above a cut-off at the start",
        "below-both-now": "From at or above a cut-off to below both",
        "below-both-with-change": "The same, with a reliable change",
        "step": "Size of the step",
        "score-before": "Score before the step",
        "score-after": "Score after the step",
        "session-before": "Session before the step",
        "session-after": "Session after the step",
        "session-of-reversal": "Session in which more than half of the step was gone",
        "pairs-tested": "Pairs of neighbouring sessions tested",
        "pairs-not-testable": "Pairs of neighbouring sessions that could not be tested",
        "threshold-share": "Threshold as a share of the score before",
        "slope": "Slope per session",
        "standard-error": "Standard error of the slope",
        "interval-low": "Lower end of the 99 % interval",
        "interval-high": "Upper end of the 99 % interval",
        "confirmation": "How often it was seen",
        "earlier-crossing": "Earlier crossing",
        "cut-off": "Cut-off",
        "start": "Start of the course",
        "latest-session": "Latest session",
        "total": "Total",
        "item-1": "Answer to item 1",
        "item-2": "Answer to item 2",
        "items-at-or-above": "Items 3 to 8 answered 2 or more",
        "days-between": "Days between the two forms",
        "forms-complete": "Forms with every item answered",
        "forms-needed": "Forms needed",
        "forms-since": "Later forms that do not meet the rule",
        "valid-until": "Valid until",
        "item": "Item",
        "answer": "Answer",
        "due": "When to have the conversation",
        "due-by": "Last day for the conversation",
        "acknowledgement": "Acknowledgement",
        "acknowledged-by": "Acknowledged by",
        "dismissal": "Reason of dismissal",
        "mean": "Mean",
        "fall": "Fall below the reference",
        "probability": "Probability",
        "degrees-of-freedom": "Degrees of freedom",
        "sessions-with-expression": "Sessions with a recorded expression",
        "share-held-back": "Share held back",
        "sessions-between": "Median sessions between",
        "therapist-response": "Therapist response",
        "therapist-act": "Therapist act",
        "pace-wish": "Wish for the pace",
        "pace-felt": "How the pace was felt",
        "acceptance": "Acceptance",
        "trust": "Trust",
        "symptoms-to-review": "Symptoms to review",
        "beliefs": "Beliefs",
        "patient-meaning": "How the patient experienced it",
        "reporter": "Reporter",
        "session": "Session",
        "expected-score": "Expected score",
        "threshold-better-side": "Threshold on the side of the better direction",
        "previous-score": "Score before the latest",
        "previous-session": "Session of the score before the latest",
        "previous-threshold": "Threshold of the score before the latest",
        "critical-value": "Critical value z",
        "courses": "Courses that the curve rests on",
        "curve": "Curve of expected scores",
        "curve-version": "Version of the curve",
        "curve-band": "First scores that the curve is for",
        "curve-period": "Period that the curve rests on",
        "ask-below": "Score below the value worth asking about",
        "ask-at-or-below": "Score at or below the value worth asking about",
        "ask-drop": "Score below that of the last session",
        "ask-item-below": "Item below the value worth asking about",
    }
)
"""What a finding shows beside its value: method, thresholds, counts, evidence."""

ON_EXPRESSION = frozenset({"first-expression", "pace", "pace-check"})
"""Codes of findings that rest on records of expression."""

COUNTS_OF_EXPRESSION = frozenset(
    {"sessions-between", "sessions-with-expression", "share-held-back"}
)
"""Components of them that count what was expressed."""

GROUPS: tuple[Mapping[str, str], ...] = (
    FINDINGS,
    ANSWERS,
    ACKNOWLEDGEMENTS,
    DISMISSALS,
    VALUES,
    COMPONENTS,
)

CODES: Mapping[str, str] = MappingProxyType(
    {code: display for group in GROUPS for code, display in group.items()}
)
"""Every code of CodeSystem `finding`."""
