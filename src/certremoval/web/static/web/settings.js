// Limits of one certification: whoever writes a number means it, and the choice beside it says so.
"use strict";

for (const limit of document.querySelectorAll("[data-own-limit]")) {
  const number = limit.querySelector("input.form-control");
  number.addEventListener("input", () => {
    if (number.value.trim()) limit.querySelector('input[value="own"]').checked = true;
  });
}
