// Preferences: the zone that the device is in is offered, and chosen by one click.
"use strict";

const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
const zones = document.getElementById("id_time_zone");
const hint = document.querySelector("[data-zone-hint]");
if (hint && zones && zones.value !== here && [...zones.options].some((option) => option.value === here)) {
  hint.querySelector("[data-zone]").textContent = here;
  hint.hidden = false;
  hint.querySelector("button").addEventListener("click", () => {
    zones.value = here;
    hint.hidden = true;
    zones.focus();
  });
}
