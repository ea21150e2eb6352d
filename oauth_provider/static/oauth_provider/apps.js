// The portal's pages: copy buttons, which show themselves where there is a script. All else works without.
"use strict";

function textOf(source) {
  return source.value === undefined ? source.textContent : source.value;
}

function copyBy(button) {
  const source = document.getElementById(button.dataset.copies);
  if (source.select) source.addEventListener("focus", () => source.select());
  button.hidden = false;
  const was = button.textContent;
  const said = () => {
    document.querySelector(".oa-said").textContent = button.dataset.done;
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = was; }, 2000);
  };
  button.addEventListener("click", () => {
    if (navigator.clipboard) {
      navigator.clipboard.writeText(textOf(source)).then(said, () => {});
      return;
    }
    // Not a secure context, as on a developer's own network.
    getSelection().selectAllChildren(source);
    if (source.select) source.select();
    if (document.execCommand("copy")) said();
  });
}

document.querySelectorAll("[data-copies]").forEach(copyBy);
