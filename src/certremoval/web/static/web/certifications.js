// Ticks: all on this page at once, and the button says how many are ticked. Without script the boxes are ticked singly.
"use strict";

for (const form of document.querySelectorAll("form[data-ticks]")) {
  const boxes = [...form.querySelectorAll("input[name=user]")];
  const button = form.querySelector("[data-ticked-none]");
  const all = allBox(form.querySelector("[data-tick-all]"));

  const tell = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
    const words = button.dataset;
    button.textContent =
      ticked === 0 ? words.tickedNone : ticked === 1 ? words.tickedOne : words.tickedMany.replace("{number}", ticked);
  };

  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    tell();
  });
  form.addEventListener("change", tell);
  // The browser's Back shows the ticks as they were left.
  window.addEventListener("pageshow", tell);
  tell();
}

function allBox(place) {
  const label = document.createElement("label");
  label.className = "form-check-label tick-all";
  const box = document.createElement("input");
  box.type = "checkbox";
  box.className = "form-check-input";
  label.append(box, " ", place.dataset.tickAll);
  place.append(label);
  return box;
}
