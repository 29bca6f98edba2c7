// Passkeys: a form with data-passkey asks the desk what to ask the browser, and posts
// what the browser answers. Without them the form stays as it is.
"use strict";
(() => {
  if (!window.PublicKeyCredential || !navigator.credentials) return;

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0)).buffer;
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  // What newer browsers do by parseCreationOptionsFromJSON and toJSON.
  const read = (options) => {
    options.challenge = bytes(options.challenge);
    if (options.user) options.user.id = bytes(options.user.id);
    for (const list of [options.excludeCredentials, options.allowCredentials]) {
      for (const one of list || []) one.id = bytes(one.id);
    }
    return options;
  };
  const written = (credential) => {
    const from = credential.response;
    const response = { clientDataJSON: text(from.clientDataJSON) };
    if (from.attestationObject) {
      response.attestationObject = text(from.attestationObject);
      if (from.getTransports) response.transports = from.getTransports();
    } else {
      response.authenticatorData = text(from.authenticatorData);
      response.signature = text(from.signature);
      if (from.userHandle) response.userHandle = text(from.userHandle);
    }
    return {
      id: credential.id, rawId: text(credential.rawId), type: credential.type, response,
      authenticatorAttachment: credential.authenticatorAttachment || undefined,
      clientExtensionResults: credential.getClientExtensionResults(),
    };
  };

  const why = (fault) => {
    switch (fault.name) {
      case "NotAllowedError": return "The passkey was not used. Try again, or choose another way.";
      case "InvalidStateError": return "This device has a passkey for you already.";
      case "SecurityError": return "Passkeys do not work at this address.";
    }
    return fault.message;
  };

  const ask = async (form) => {
    const query = new URLSearchParams();
    for (const name of ["name", "email"]) {
      const field = form.elements[name];
      if (field) query.set(name, field.value);
    }
    const answer = await fetch(form.dataset.question + (query.size ? "?" + query : ""), { headers: { Accept: "application/json" } });
    const json = await answer.json().catch(() => ({}));
    if (!answer.ok || !json.options) throw new Error(json.problem || "The desk did not answer. Load the page again.");
    const publicKey = read(json.options);
    const credential = form.dataset.passkey === "create"
      ? await navigator.credentials.create({ publicKey })
      : await navigator.credentials.get({ publicKey });
    form.elements.response.value = JSON.stringify(written(credential));
    form.elements.sealed.value = json.sealed;
    HTMLFormElement.prototype.submit.call(form);
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const said = form.querySelector("[data-passkey-said]");
    const go = async (event) => {
      event.preventDefault();
      said.textContent = "";
      try {
        await ask(form);
      } catch (fault) {
        said.textContent = why(fault);
      }
    };
    form.hidden = false;
    for (const part of form.querySelectorAll("[data-with-passkey]")) part.hidden = false;
    const button = form.querySelector("[data-passkey-go]");
    if (button) button.addEventListener("click", go);
    else form.addEventListener("submit", go);
  }
})();
