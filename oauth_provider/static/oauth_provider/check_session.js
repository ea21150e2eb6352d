// OpenID Connect Session Management 1.0 §3.2: tells the page around this frame if the sign-in that it knows of still stands.
"use strict";

const COOKIE = "oauth_browser_state=";
const LONGEST = 4096;
// The client, and the session_state that it was given: a digest and its salt, or nothing.
const QUESTION = /^(.+) (?:([0-9a-f]{64})\.([0-9A-Za-z]+))?$/;

function browserState() {
  const found = document.cookie.split("; ").find((cookie) => cookie.startsWith(COOKIE));
  return found ? found.slice(COOKIE.length) : "";
}

async function sha256(text) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// A browser that keeps cookies from frames of other sites shows none here, signed in or not: then nobody can tell.
async function seesCookies() {
  return !document.hasStorageAccess || document.hasStorageAccess();
}

async function answerTo(question, origin) {
  const parts = typeof question === "string" && question.length <= LONGEST ? QUESTION.exec(question) : null;
  if (!parts || !window.isSecureContext || !(await seesCookies())) return "error";
  const [, clientId, digest = "", salt = ""] = parts;
  const state = browserState();
  // Made in any case, so that the time tells nothing. No client was ever given the digest of an empty state, which
  // anybody can make: whoever asks with that one wants to know if somebody is signed in.
  const expected = await sha256(`${clientId} ${origin} ${state} ${salt}`);
  return state !== "" && expected === digest ? "unchanged" : "changed";
}

window.addEventListener("message", async (event) => {
  const around = window.location.ancestorOrigins;
  // Nobody but the page around it: a page of another origin learns nothing, not even an error.
  if (!event.source || event.origin === "null" || (around && around.length && around[0] !== event.origin)) return;
  const answer = await answerTo(event.data, event.origin).catch(() => "error");
  event.source.postMessage(answer, event.origin);
});
