// A consent page of one's own: the question comes from /oauth/consent/<handle>, and the answer goes there.

const handle = new URLSearchParams(location.search).get("handle");
const twin = `/oauth/consent/${encodeURIComponent(handle)}`;
const find = (id) => document.getElementById(id);

// Names and words come from others: they are put in as text, and never as HTML.
function added(parent, tag, text, attributes = {}) {
  const element = Object.assign(document.createElement(tag), attributes);
  element.append(text);
  parent.append(element);
  return element;
}

async function ask() {
  const response = await fetch(twin, { headers: { Accept: "application/json" } });
  const question = await response.json();
  if (!response.ok) return refused(question);
  const { host, name, standing, publisher } = question.client;
  // What is certain comes first: the name is the app's own choice.
  find("asker").textContent = `${host || "An app on this device"}: ${name} asks for access to the account of ${question.account}`;
  const vouched = { verified: `Verified: published by ${publisher}.`, unverified: "Nobody here has checked who made it." }[standing];
  if (vouched) added(find("warning"), "p", vouched);
  find("destination").textContent = `If you allow it, you go on to ${question.destination}.`;
  for (const one of question.permissions) permission(added(find("permissions"), "li", ""), one);
  if (question.warning) added(find("warning"), "strong", question.warning.words);
  if (question.before.name) added(find("warning"), "p", `It was called ${question.before.name} until now.`);
  if (question.before.verified_host) added(find("warning"), "p", `Its verified host was ${question.before.verified_host} until now.`);
  if (question.before.destination) added(find("warning"), "p", `Until now you went on to ${question.before.destination}.`);
  for (const [name, value] of question.read_only ? [["All that is listed", ""], [`Read only: ${question.read_only.words.join(", ")}`, "read_only"]] : []) {
    const label = added(find("access"), "label", name);
    label.prepend(Object.assign(document.createElement("input"), { type: "radio", name: "access", value, checked: question.read_only.is_chosen === (value !== "") }));
  }
  for (const one of question.resources) added(find("permissions"), "li", `Only at ${one.name}`);
  for (const one of question.authorization_details) added(find("permissions"), "li", `${one.name}: ${one.members.map((member) => `${member.label} ${member.value}`).join(", ")}`);
  for (const one of question.authorization_details) for (const field of one.fields ?? []) addField(field);
  for (const one of question.contexts) {
    const label = added(find("contexts"), "label", one.name);
    const isOnly = question.contexts.length === 1;
    label.prepend(Object.assign(document.createElement("input"), { type: "radio", name: "context", value: one.context, required: true, checked: isOnly }));
  }
  for (const end of question.until) added(find("until"), "option", `until ${new Date(end).toLocaleDateString()}`, { value: end });
  find("contexts").hidden = question.contexts.length === 0;
  find("access").hidden = !question.read_only;
  Object.assign(find("switch"), { href: question.switch, hidden: false });
  find("answer").hidden = false;
  find("answer").addEventListener("submit", (event) => answer(event, question.csrf_token));
}

// What a request leaves open is chosen in a field: one of several, or what somebody types.
function addField({ name, label, required, type, initial, choices, multiple }) {
  const row = added(find("choices"), "label", `${label} `);
  if (!choices) return added(row, "input", "", { name, required, type, value: initial ?? "" });
  const select = added(row, "select", "", { name, required, multiple });
  for (const one of choices) added(select, "option", one.label, { value: one.value });
}

// What is not required can be left out: it has a box, and is granted only where that is ticked.
function permission(item, one) {
  const mark = { new: "New: ", changed: "Changed: " }[one.is_marked ? one.state : ""] ?? "";
  const words = [mark, one.words, one.warning && ` (${one.warning})`, one.before && ` Until now: “${one.before}”`].filter(Boolean).join("");
  if (one.is_required) return item.append(words);
  const box = Object.assign(document.createElement("input"), { type: "checkbox", name: "scope", value: one.scope, checked: one.is_ticked });
  added(item, "label", ` ${words}`).prepend(box);
}

async function answer(event, token) {
  event.preventDefault();
  const headers = { Accept: "application/json", "X-CSRFToken": token };
  const body = new URLSearchParams(new FormData(event.target, event.submitter));
  const response = await fetch(twin, { method: "POST", headers, body });
  const sent = await response.json();
  if (!response.ok) return refused(sent);
  if (!sent.form) return location.assign(sent.redirect_to);
  // response_mode=form_post: what the client is sent stands in no URL.
  const form = added(document.body, "form", "", { method: "post", action: sent.redirect_to });
  for (const [name, value] of Object.entries(sent.form)) added(form, "input", "", { type: "hidden", name, value });
  form.submit();
}

// A choice that is none can be made again. Of all else ours is the page that knows what to do: it says what happened, and
// leads on.
function refused(error) {
  if (error.fields) return (find("problems").textContent = Object.values(error.fields).flat().join(" "));
  location.assign(error.go_on);
}

ask();
