// The administration: fields suggest while one types, and of a restriction only what its kind names is shown.
// Without script one types the whole into the same fields, and leaves empty what a kind does not name.
"use strict";

const WAIT = 150; // milliseconds without a key, before suggestions are asked for

const NAMES = {
  user_organizational_units: ["ou_type", "include_subordinates"],
  custom_organizational_units: ["unit", "include_subordinates"],
  organizational_units: ["unit", "include_subordinates"],
  groups: ["group"],
};

for (const field of document.querySelectorAll("[data-suggestions]")) suggest(field);
for (const kind of document.querySelectorAll("select[name$=-kind]")) showWhatItNames(kind);
document.addEventListener("formset:added", (event) => {
  for (const field of event.target.querySelectorAll("[data-suggestions]")) suggest(field);
  for (const kind of event.target.querySelectorAll("select[name$=-kind]")) showWhatItNames(kind);
});

// One field is typed into; of several, each found one becomes a line of the text below.
function suggest(field) {
  if (field.name.includes("__prefix__")) return;
  const several = field.tagName === "TEXTAREA";
  const place = document.createElement("div");
  place.className = "chooser";
  const list = document.createElement("ul");
  list.id = `${field.id}_suggestions`;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  const told = document.createElement("div");
  told.setAttribute("role", "status");
  field.before(place);
  const input = several ? finder(field, place) : field;
  list.setAttribute("aria-label", (input.labels[0] ?? field.labels[0])?.textContent.trim() ?? "");
  place.append(input, list, told);
  if (several) place.append(field);
  const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id };
  for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);

  let waiting, asked, active = -1;

  const close = () => {
    clearTimeout(waiting);
    asked?.abort();
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const choose = (text) => {
    if (several) {
      const lines = field.value.split("\n").filter((line) => line.trim());
      if (!lines.includes(text)) lines.push(text);
      field.value = lines.join("\n");
      input.value = "";
      told.textContent = text;
    } else {
      input.value = text;
      told.textContent = "";
    }
    close();
  };
  const mark = (number) => {
    const options = [...list.children];
    active = (number + options.length) % options.length;
    for (const [at, option] of options.entries()) option.setAttribute("aria-selected", String(at === active));
    options[active].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", options[active].id);
  };
  const show = (texts) => {
    list.replaceChildren(
      ...texts.map((text, number) => {
        const option = document.createElement("li");
        option.id = `${list.id}_${number}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.dir = "auto";
        option.textContent = text;
        // Not "click" alone: the field keeps the focus, and so does not close the list first.
        option.addEventListener("mousedown", (event) => event.preventDefault());
        option.addEventListener("click", () => choose(text));
        return option;
      }),
    );
    active = -1;
    input.removeAttribute("aria-activedescendant");
    list.hidden = texts.length === 0;
    input.setAttribute("aria-expanded", String(texts.length > 0));
    told.textContent = texts.length ? field.dataset.severalFound.replace("{number}", texts.length) : field.dataset.nothing;
  };
  const ask = async () => {
    asked?.abort();
    asked = new AbortController();
    const address = new URL(field.dataset.suggestions, location.href);
    address.searchParams.set("term", input.value.trim());
    try {
      const answer = await fetch(address, { signal: asked.signal, headers: { Accept: "application/json" } });
      if (answer.ok) show((await answer.json()).results.map((one) => one.text));
    } catch {
      // Given up for what was typed since, or not reached: one types on.
    }
  };

  input.addEventListener("input", () => {
    close();
    told.textContent = "";
    if (input.value.trim()) waiting = setTimeout(ask, WAIT);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && several) event.preventDefault(); // looking for a person sends no form
    if (list.hidden) return;
    if (event.key === "ArrowDown") mark(active + 1);
    else if (event.key === "ArrowUp") mark(active - 1 < -1 ? -1 : active - 1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && active >= 0) choose(list.children[active].textContent);
    else return;
    event.preventDefault();
  });
  input.addEventListener("blur", close);
}

function finder(field, place) {
  const input = document.createElement("input");
  input.type = "search";
  input.className = "vTextField";
  input.id = `${field.id}_find`;
  input.autocomplete = "off";
  const label = document.createElement("label");
  label.htmlFor = input.id;
  label.textContent = field.dataset.find;
  place.append(label, input);
  return input;
}

// What holds something, or has a mistake beside it, stays to be seen.
function showWhatItNames(kind) {
  const row = kind.closest(".inline-related");
  const show = () => {
    for (const name of ["ou_type", "unit", "group", "include_subordinates"]) {
      const part = row.querySelector(`.form-row.field-${name}`);
      const field = part.querySelector("select, input");
      const holds = field.type === "checkbox" ? field.checked : field.value !== "";
      part.hidden = !(NAMES[kind.value] ?? []).includes(name) && !holds && !part.classList.contains("errors");
    }
  };
  kind.addEventListener("change", show);
  show();
}
