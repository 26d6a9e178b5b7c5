"""WAI-S: twelve statements on the working alliance, rated by the client from 1 to 7."""

from service.clinical.working_alliance import short_form

INSTRUMENT = short_form(id_="wai-s", name="WAI-S", form="client form", reporter="patient")
