"""A synthetic clinic: how its records are generated, and nothing in it is a real person.

`clinic(seed, patients, today)` yields patients one by one; patient k depends on the seed and on k
alone, so a larger clinic begins with the smaller one. Every number in these files is decided here
to give plausible records; none is an estimate from patients, and no finding is written by hand.
What the service finds in the clinic follows from five processes, independent unless said:

1. Severity (`latent`). Each person has one latent severity in logits (0: few symptoms, 1: a
   typical intake), which moves with the appointment number n = 0, 1, 2...:
   start - slope * ln(1 + n) - plateau * (1 - exp(-n / 3)) + jumps + noise, the noise an AR(1).
   A person belongs to one of four classes, which are distributions of slope and plateau (steady
   improvement, early improvement that stalls, none, rise), not scripts. A jump, up or down, can
   fall on any appointment.
2. Answers (`answering`). A questionnaire item is a graded response: an answer reaches step c with
   probability logistic(a * (latent + own - b_c)), `own` being what this person always says to
   this item. PHQ-9 item 9 has a latent walk of its own on top, so it can rise while the total
   falls. Lines (ORS, SRS) are logistic curves of the latent value with noise, in tenths.
3. Alliance (`latent`). A level that grows slowly, an AR(1), and falls: any appointment can bring
   one; what remains of it shrinks by the person's own factor at each later appointment, so some
   return at once, some slowly, some not while the record lasts. Falls know nothing of severity.
4. Expression (`expressing`). Whether tears are seen in a session depends on the person's own
   propensity and on how that person opens up or closes over the sessions, and on nothing else:
   neither severity nor alliance nor outcome enters. So some are seen crying early, some late,
   some never. Not every session is recorded; pace wishes are the person's own.
5. Presence (`schedule`). Appointments weekly, some fortnightly; attended, missed or cancelled by
   the person's own rate; the course ends as planned, or earlier by the person's own hazard, or is
   still going on. Whole forms and single answers go missing at the person's own rates.

All dates lie before the day given as `today`; ids are made from seed, patient and session, so
loading the same clinic twice, or by another path, stores the same resources under the same ids.
"""

from service.commands.demo.command import COMMAND

__all__ = ["COMMAND"]
