// What the pages do beyond plain HTML. Each page works without: a dialog is a page of its own, a count is a limit.
"use strict";

// --- dialogs: <a data-dialog href="…"> shows the part [data-dialog-content] of that page in a native dialog.

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  try {
    const answer = await fetch(link.href, { headers: { "X-Dialog": "true" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const content = page.querySelector("[data-dialog-content]");
    if (!answer.ok || !content) throw new Error("no dialog");
    showDialog(document.importNode(content, true), link);
  } catch {
    window.location.assign(link.href);
  }
});

function showDialog(content, opener) {
  if (document.querySelector("dialog[open]")) return; // clicked twice: one question is asked
  const dialog = document.createElement("dialog");
  const heading = content.querySelector("h1, h2");
  if (heading) {
    heading.id = "dialog-heading";
    dialog.setAttribute("aria-labelledby", heading.id);
  }
  dialog.append(content);
  for (const cancel of dialog.querySelectorAll("[data-dialog-cancel]")) {
    cancel.addEventListener("click", (event) => {
      event.preventDefault();
      dialog.close();
    });
  }
  dialog.addEventListener("close", () => {
    dialog.remove();
    opener.focus();
  });
  document.body.append(dialog);
  for (const input of dialog.querySelectorAll("[data-count]")) tellCount(input);
  dialog.showModal();
  (dialog.querySelector("[data-dialog-cancel]") || dialog).focus();
}

// --- a form is sent once, however often its button is clicked.

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("data-sent-often")) return;
  if (form.dataset.sent) event.preventDefault();
  else form.dataset.sent = "true";
});

// The browser's Back may show a page as it was left: its forms can be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// --- <input maxlength="100" data-count="id of an element"> tells how many characters are left.

function tellCount(input) {
  const place = document.getElementById(input.dataset.count);
  if (place) place.textContent = `${Array.from(input.value).length} / ${input.maxLength}`;
}

document.addEventListener("input", (event) => {
  if (event.target.matches?.("[data-count]")) tellCount(event.target);
});

for (const input of document.querySelectorAll("[data-count]")) tellCount(input);
