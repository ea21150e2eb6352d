// A copy button beside everything that is worth one. Without this script a click selects it, all of it.
"use strict";

const status = document.getElementById("copied");

async function copy(source) {
  getSelection().selectAllChildren(source);
  if (navigator.clipboard) await navigator.clipboard.writeText(source.textContent);
  else if (!document.execCommand("copy")) throw new Error("The browser does not let pages copy.");
}

for (const source of document.querySelectorAll("code[data-copy]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "demo-copy";
  button.textContent = "Copy";
  button.setAttribute("aria-label", `Copy ${source.dataset.copy}`);
  button.addEventListener("click", () => {
    copy(source).then(
      () => say(button, "Copied", `Copied ${source.dataset.copy}.`),
      () => say(button, "Selected", `Selected ${source.dataset.copy}: copy it with the keyboard.`),
    );
  });
  source.after(button);
}

function say(button, word, sentence) {
  button.textContent = word;
  status.textContent = sentence;
  setTimeout(() => { button.textContent = "Copy"; }, 2000);
}
