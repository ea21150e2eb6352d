// Front-channel logout: go on as soon as every client has answered (the page is loaded then), and after a while anyway.
"use strict";

const next = document.querySelector("a[data-patience]");

if (next) {
  const goOn = () => window.location.replace(next.href);
  window.addEventListener("load", goOn);
  window.setTimeout(goOn, Number(next.dataset.patience) * 1000);
}
