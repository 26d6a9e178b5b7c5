"""The value sets of the record of emotional expression: codes with neutral displays.

One code has one display wherever it is used, because all belong to one CodeSystem.
"""

from collections.abc import Mapping
from types import MappingProxyType

ORDINALS: Mapping[str, int] = MappingProxyType({"none-seen": 0, "slight": 1, "clear": 2, "full": 3})
"""The order of the codes of `expression-intensity`."""

PRESENCE = {
    "tears": "Tears",
    "tears-held-back": "Tears held back",
    "eyes-filled": "Eyes filled",
    "no-tears-emotion-shared": "Emotion shared without tears",
    "none": "None",
    "prefer-not-to-record": "Preferred not to record",
}
TIMING = {
    "opening": "Opening of the session",
    "middle": "Middle of the session",
    "closing": "Closing of the session",
    "after-session": "After the session",
}
TOPIC = {
    "loss": "Loss",
    "conflict-in-relationship": "Conflict in a relationship",
    "feeling-alone": "Feeling alone",
    "feeling-powerless": "Feeling powerless",
    "overload": "Overload",
    "self-criticism": "Self-criticism",
    "memory-of-harm": "Memory of harm",
    "bodily-pain": "Bodily pain",
    "kindness-received": "Kindness received",
    "relief-or-joy": "Relief or joy",
    "talking-about-therapy": "Talking about the therapy",
    "other": "Other",
    "not-known": "Not known",
}
INTENSITY = {
    "none-seen": "None seen",
    "slight": "Slight",
    "clear": "Clear",
    "full": "Full",
}
DURATION = {
    "moment": "A moment",
    "few-minutes": "A few minutes",
    "much-of-session": "Much of the session",
}
FORM = {
    "quiet-tears": "Quiet tears",
    "sobbing": "Sobbing",
    "restrained": "Restrained",
    "protesting": "Protesting",
    "grieving": "Grieving",
    "relieved": "Relieved",
    "laughing-and-crying": "Laughing and crying",
    "other": "Other",
}
EMOTION = {
    "sadness": "Sadness",
    "grief": "Grief",
    "anger": "Anger",
    "fear": "Fear",
    "shame": "Shame",
    "guilt": "Guilt",
    "loneliness": "Loneliness",
    "tenderness": "Tenderness",
    "relief": "Relief",
    "joy": "Joy",
    "numb": "Numb",
    "other": "Other",
}
MOOD_CHANGE = {
    "better": "Better",
    "same": "Same",
    "worse": "Worse",
    "mixed": "Mixed",
    "too-soon-to-say": "Too soon to say",
}
THERAPIST_ACT = {
    "stayed-present": "Stayed present",
    "named-feeling": "Named the feeling",
    "explored-feeling": "Explored the feeling",
    "linked-to-history": "Linked it to the patient's history",
    "paused": "Paused",
    "let-narrate": "Let the patient narrate",
    "supported": "Supported",
    "normalised": "Normalised",
    "asked-facts": "Asked for facts",
    "silence": "Silence",
    "no-response": "No response",
    "changed-topic": "Changed the topic",
    "ended-session": "Ended the session",
    "encouraged-expression": "Encouraged expression",
    "pressed-for-expression": "Pressed for expression",
    "self-disclosed": "Spoke of themselves",
    "other": "Other",
}
MEANING = {
    "facing-pain": "Facing pain",
    "trust-in-therapist": "Trust in the therapist",
    "new-way-of-seeing": "A new way of seeing",
    "release": "Release",
    "overwhelmed": "Overwhelmed",
    "felt-exposed": "Felt exposed",
    "no-special-meaning": "No special meaning",
    "not-discussed": "Not discussed",
    "other": "Other",
}
OTHERS = {
    "interpreter": "Interpreter",
    "partner": "Partner",
    "family-member": "Family member",
    "group": "Group",
    "student": "Student",
    "none": "None",
}
PACE_WISH = {
    "go-on": "Go on",
    "slower": "Slower",
    "not-now": "Not now",
    "stop": "Stop",
    "no-preference": "No preference",
}
RESTRAINT = {
    "does-not-wish": "Does not wish to cry",
    "would-like-but-cannot": "Would like to cry but cannot",
    "unsure": "Unsure",
    "not-asked": "Not asked",
}
BELIEF = {
    "tears-help": "Tears help",
    "tears-make-worse": "Tears make it worse",
    "tears-burden-others": "Tears burden others",
    "seen-as-weak": "Seen as weak",
    "not-for-my-gender": "Not for my gender",
    "not-for-my-family-or-culture": "Not for my family or culture",
    "private-matter": "A private matter",
    "no-fixed-view": "No fixed view",
    "not-asked": "Not asked",
}
UNDER_QUESTION = {"yes": "Yes", "no": "No"}
REFERRAL = {
    "considered": "Considered",
    "offered": "Offered",
    "declined": "Declined",
    "made": "Made",
}
ATTENDANCE = {
    "attended": "Attended",
    "did-not-attend": "Did not attend",
    "late-cancel-by-client": "Late cancellation by the client",
    "cancelled-by-therapist": "Cancelled by the therapist",
}
ENDING = {
    "agreed-ending": "Agreed ending",
    "client-ended": "Ended by the client",
    "therapist-ended": "Ended by the therapist",
    "referred": "Referred",
    "moved": "Moved",
    "other": "Other",
}
