"use strict";
// Between the browser's passkeys and a form of ours: what comes from the server is decoded, what goes there is encoded.
const form = document.querySelector("form[data-options]");
const problem = document.querySelector("[role=alert]");

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const named = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

function told(words) {
  problem.textContent = words;
  problem.hidden = false;
}

function sent(credential) {
  const answer = credential.response;
  const response = { clientDataJSON: text(answer.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (answer[name]) response[name] = text(answer[name]);
  }
  form.elements.credential.value = JSON.stringify({
    id: credential.id, rawId: text(credential.rawId), type: credential.type, response,
  });
  form.submit();
}

async function made() {
  const body = new URLSearchParams({ invitation: location.hash.slice(1) });
  const answer = await (await fetch("/invited/begin", { method: "POST", body })).json();
  if (answer.problem) return told(answer.problem);
  form.elements.request.value = answer.request;
  const options = JSON.parse(answer.options);
  options.challenge = bytes(options.challenge);
  options.user.id = bytes(options.user.id);
  options.excludeCredentials = named(options.excludeCredentials);
  sent(await navigator.credentials.create({ publicKey: options }));
}

async function used() {
  const options = JSON.parse(form.dataset.options);
  options.challenge = bytes(options.challenge);
  options.allowCredentials = named(options.allowCredentials);
  sent(await navigator.credentials.get({ publicKey: options }));
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  problem.hidden = true;
  (form.dataset.invites ? made() : used()).catch(() => told(form.dataset.none));
});
// A press before this line would send a form without a passkey.
form.querySelector("button").disabled = false;
