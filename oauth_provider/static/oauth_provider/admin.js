// The admin's pages of oauth_provider: copy buttons, filters of choices, and forms that are sent once. All of it works without.
"use strict";

function ready(act) {
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", act);
  else act();
}

function copyBy(button) {
  const source = document.getElementById(button.dataset.copies);
  source.addEventListener("focus", () => source.select());
  button.hidden = false;
  button.addEventListener("click", () => {
    source.focus();
    source.select();
    const said = () => {
      document.querySelector(".oa-said").textContent = button.dataset.done;
      button.textContent = button.dataset.done;
    };
    if (navigator.clipboard) navigator.clipboard.writeText(source.value).then(said, () => {});
    else if (document.execCommand("copy")) said();
  });
}

// A cell has no field to select: one is made for the moment where the browser has no clipboard for us.
function copyText(button) {
  const was = button.textContent;
  const said = () => {
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = was; }, 2000);
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    if (navigator.clipboard) {
      navigator.clipboard.writeText(button.dataset.text).then(said, () => {});
      return;
    }
    const field = document.createElement("textarea");
    field.value = button.dataset.text;
    button.after(field);
    field.select();
    if (document.execCommand("copy")) said();
    field.remove();
    button.focus();
  });
}

// Many choices get a field that hides those without its words, and the headings that have none left.
function filterChoices(list) {
  const boxes = [...list.querySelectorAll("input[type=checkbox]")];
  if (boxes.length < 13 || !boxes[0].dataset.filter) return;
  const field = document.createElement("input");
  field.type = "search";
  field.className = "oa-filter-choices vTextField";
  field.placeholder = boxes[0].dataset.filter;
  field.setAttribute("aria-label", field.placeholder);
  field.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    boxes.forEach((box) => {
      const text = box.closest("label").textContent.toLowerCase();
      box.closest("div").hidden = !words.every((word) => text.includes(word));
    });
    [...list.children].forEach((group) => {
      const inner = [...group.querySelectorAll("div")];
      if (inner.length) group.hidden = inner.every((one) => one.hidden);
    });
  });
  list.prepend(field);
}

function sendOnce(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}

// A folded part opens where its anchor leads.
function unfold() {
  const part = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const folded = part && part.classList.contains("oa-part") && part.querySelector("details");
  if (folded) folded.open = true;
}

window.addEventListener("hashchange", unfold);

ready(() => {
  unfold();
  document.querySelectorAll(".oa-copy").forEach(copyBy);
  document.querySelectorAll(".oa-copy-text").forEach(copyText);
  document.querySelectorAll("div.oa-choices").forEach(filterChoices);
  document.querySelectorAll("#content form[method=post]").forEach(sendOnce);
});

// A page that comes back out of the browser's memory may be sent again.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});
