// The admin's pages of oauth_provider: copy buttons, and forms that are sent once. All of it works without.
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

function sendOnce(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}

ready(() => {
  document.querySelectorAll(".oa-copy").forEach(copyBy);
  document.querySelectorAll(".oa-copy-text").forEach(copyText);
  document.querySelectorAll("#content form[method=post]").forEach(sendOnce);
});

// A page that comes back out of the browser's memory may be sent again.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});
