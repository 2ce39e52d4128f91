// The search of the list of jobs: one date or a range, and an address without empty fields.
"use strict";

const search = document.querySelector("[data-jobs-search]");

search?.addEventListener("input", (event) => {
  if (!event.target.value) return;
  for (const id of (event.target.dataset.clears || "").split(" ")) {
    const other = id && document.getElementById(id);
    if (other) other.value = "";
  }
});

search?.addEventListener("formdata", (event) => {
  const values = [...event.formData].filter(([name, value]) => value && !(name === "sort" && value === "-created"));
  for (const name of [...event.formData.keys()]) event.formData.delete(name);
  for (const [name, value] of values) event.formData.append(name, value);
});
