// Create and preview, beyond plain HTML: a place to drop a file, a count of pasted lines, and the preview once it is there.
"use strict";

// --- a file dropped on [data-drop-zone] is the file of the field in it.

for (const zone of document.querySelectorAll("[data-drop-zone]")) {
  const field = zone.querySelector("input[type=file]");
  zone.classList.add("drop-zone-works");
  for (const kind of ["dragenter", "dragover"]) {
    zone.addEventListener(kind, (event) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      zone.classList.add("drop-zone-over");
    });
  }
  zone.addEventListener("dragleave", (event) => {
    if (!zone.contains(event.relatedTarget)) zone.classList.remove("drop-zone-over");
  });
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("drop-zone-over");
    if (!event.dataTransfer.files.length) return;
    const one = new DataTransfer();
    one.items.add(event.dataTransfer.files[0]);
    field.files = one.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    field.focus();
  });
}

// --- <textarea data-count-lines="id"> tells how many lines hold anything.

function tellLines(text) {
  const place = document.getElementById(text.dataset.countLines);
  const lines = text.value.split("\n").filter((line) => line.trim()).length;
  const words = lines === 1 ? place.dataset.one : place.dataset.many.replace("#", lines.toLocaleString("en"));
  place.textContent = lines ? words : "";
}

for (const text of document.querySelectorAll("[data-count-lines]")) {
  text.addEventListener("input", () => tellLines(text));
  tellLines(text);
}

// --- a column chosen from the list is the other column.

for (const select of document.querySelectorAll(".other-way select")) {
  select.addEventListener("change", () => {
    const other = document.getElementById("way-other");
    if (other) other.checked = true;
  });
}

// --- once the file is checked its preview is shown, unless somebody is typing on this page.

function isTypedIn(form) {
  return Array.from(form.elements).some((field) => "defaultValue" in field && field.value !== field.defaultValue);
}

document.addEventListener("htmx:after:swap", () => {
  if (!document.querySelector("[data-checked]")) return;
  const forms = Array.from(document.querySelectorAll("form[data-keeps-typing]"));
  if (!forms.some(isTypedIn) && !document.querySelector("dialog[open]")) window.location.reload();
});
