// Without this script a message is chosen by its address (#m4), and the page jumps there. With it, the message
// opens beside the diagram, and the arrow keys walk from one to the next.
"use strict";

const details = document.querySelector(".pg-details");
const links = [...document.querySelectorAll("a.pg-message")];

function choose(link, { focus = false, show = false, read = false } = {}) {
  const chosen = document.querySelector(link.hash);
  for (const detail of details.children) detail.hidden = detail !== chosen;
  for (const other of links) other.removeAttribute("aria-current");
  link.setAttribute("aria-current", "step");
  if (focus) link.focus({ preventScroll: true });
  // Beside the diagram it is in view already; below it, on a phone, it is not.
  if (show && details.getBoundingClientRect().top > innerHeight / 2) chosen.scrollIntoView();
  if (read) chosen.focus({ preventScroll: true });
}

function linkTo(hash) {
  return links.find((link) => link.hash === hash);
}

document.addEventListener("click", (event) => {
  const anchor = event.target.closest('a[href^="#m"]');
  const link = anchor && linkTo(anchor.hash);
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  history.replaceState(null, "", link.hash);
  // Enter goes on to the message, for whoever hears it; a click stays with the arrows.
  choose(link, event.detail ? { focus: links.includes(anchor), show: true } : { show: true, read: true });
});

document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const at = links.indexOf(document.activeElement);
  if (!step || at < 0 || !links[at + step]) return;
  event.preventDefault();
  links[at + step].scrollIntoView({ block: "nearest" });
  choose(links[at + step], { focus: true });
});

// A menu closes by Escape, and by a click anywhere else.
function closeMenus(except) {
  for (const menu of document.querySelectorAll(".pg-menu[open]")) if (menu !== except) menu.open = false;
}

document.addEventListener("click", (event) => closeMenus(event.target.closest(".pg-menu")));
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector(".pg-menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// A press takes as long as its requests do.
document.addEventListener("submit", (event) => event.submitter?.classList.add("pg-sending"));
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll(".pg-sending")) button.classList.remove("pg-sending");
});

if (links.length) {
  document.documentElement.classList.add("pg-scripted");
  const newest = links[links.length - 1];
  choose(linkTo(location.hash) || newest);
  // Without #now in the address, too; where the page itself scrolls, it stays where somebody left it.
  const scroller = document.querySelector(".pg-scroll");
  if (scroller.scrollHeight > scroller.clientHeight) newest.parentElement.scrollIntoView({ block: "nearest" });
}
