"""WAI-S-T: twelve statements on the working alliance, rated by the therapist from 1 to 7."""

from service.clinical.working_alliance import short_form

INSTRUMENT = short_form(id_="wai-s-t", name="WAI-S-T", form="therapist form", reporter="therapist")
