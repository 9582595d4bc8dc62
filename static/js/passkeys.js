/* Passkeys: a form marked `data-passkey` asks the browser for one, and posts what it answers. */
(() => {
  "use strict";

  const bytes = (text) =>
    Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));

  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replaceAll("+", "-")
      .replaceAll("/", "_")
      .replace(/=+$/, "");

  const known = (list) => list?.map((one) => ({ ...one, id: bytes(one.id) }));

  // What the server wrote as text, as the browser wants it.
  function readable({ publicKey }) {
    const options = {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      allowCredentials: known(publicKey.allowCredentials),
      excludeCredentials: known(publicKey.excludeCredentials),
    };
    if (publicKey.user) options.user = { ...publicKey.user, id: bytes(publicKey.user.id) };
    return options;
  }

  // What the browser answered, as the server reads it.
  function writable(credential) {
    const { response } = credential;
    const said = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (response[name]) said[name] = text(response[name]);
    }
    if (response.getTransports) said.transports = response.getTransports();
    return JSON.stringify({
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment,
      clientExtensionResults: credential.getClientExtensionResults(),
      response: said,
    });
  }

  async function optionsOf(form) {
    if (form.dataset.optionsId) return JSON.parse(document.getElementById(form.dataset.optionsId).textContent);
    const answer = await fetch(form.dataset.optionsUrl, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new TypeError("no options");
    return (await answer.json()).request_options;
  }

  // One that signs in alone is kept on the device, and opens only for its owner.
  function chosen(form, options) {
    const alone = form.elements.passwordless?.checked;
    if (alone === undefined) return options;
    const kept = alone ? "required" : "discouraged";
    const selection = { ...options.authenticatorSelection, residentKey: kept, requireResidentKey: alone };
    if (alone) selection.userVerification = "required";
    return { ...options, authenticatorSelection: selection };
  }

  async function ask(form) {
    const options = chosen(form, readable(await optionsOf(form)));
    const call = form.dataset.passkey === "create" ? "create" : "get";
    form.elements.credential.value = writable(await navigator.credentials[call]({ publicKey: options }));
    form.submit();
  }

  const reasons = { TypeError: "away", InvalidStateError: "known", NotSupportedError: "unable", SecurityError: "unable" };

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-passkey]");
    if (!form) return;
    event.preventDefault();
    const button = form.querySelector("[type=submit]");
    const error = form.querySelector("[data-passkey-error]");
    error.textContent = window.PublicKeyCredential ? "" : form.dataset.unable;
    if (error.textContent || button.disabled) return;
    button.disabled = true;
    try {
      await ask(form);
    } catch (problem) {
      error.textContent = form.dataset[reasons[problem.name] ?? "stopped"];
      button.disabled = false;
      button.focus();
    }
  });

  // A page the Back button brings back is as it was left: its button works again.
  window.addEventListener("pageshow", () => {
    for (const button of document.querySelectorAll("[data-passkey] [type=submit]")) button.disabled = false;
  });
})();
