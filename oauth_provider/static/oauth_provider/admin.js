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

function sendOnce(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}

ready(() => {
  document.querySelectorAll(".oa-copy").forEach(copyBy);
  document.querySelectorAll("#content form[method=post]").forEach(sendOnce);
});

// A page that comes back out of the browser's memory may be sent again.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});
