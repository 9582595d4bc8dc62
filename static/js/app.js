/* Comforts on top of pages that work without them. No inline handlers: behaviour hangs on data attributes. */
(() => {
  "use strict";

  const root = document.documentElement;

  // Theme: the system's until somebody chooses; the choice is a cookie, so that the server sends the right page.
  const isDark = () =>
    root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;

  function switchTheme() {
    root.dataset.theme = isDark() ? "light" : "dark";
    // A picture that has two knows the system's wish alone.
    for (const dark of document.querySelectorAll("picture source[media]")) dark.media = isDark() ? "all" : "not all";
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax${secure}`;
  }

  // Menus close on Escape and on a click elsewhere, as people expect.
  function closeMenus(except) {
    for (const menu of document.querySelectorAll("[data-menu][open]")) {
      if (menu !== except) menu.open = false;
    }
  }

  document.addEventListener("click", (event) => {
    const target = event.target;
    if (target.closest("[data-theme-button]")) switchTheme();
    if (target.closest("[data-dismisses]")) target.closest(".toast-note").remove();
    closeMenus(target.closest("[data-menu]"));
  });

  // A link to a page that asks opens the same question right here. Without script, or in a new tab, it is followed.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-opens]");
    const dialog = link && document.getElementById(link.dataset.opens);
    if (!dialog?.showModal || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    dialog.showModal();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.activeElement?.closest("[data-menu][open]");
    closeMenus();
    menu?.querySelector("summary").focus();
  });

  // A menu that opens at the edge of the window comes into view whole.
  document.addEventListener(
    "toggle",
    (event) => {
      if (event.target.matches?.("[data-menu][open]")) {
        event.target.querySelector(".menu-list").scrollIntoView({ block: "nearest" });
      }
    },
    true,
  );

  // Who signs up sees dates in their own time zone from the first page.
  for (const field of document.querySelectorAll("[data-time-zone]")) {
    field.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
  }

  // The seats slider moves the number beside it, and the number moves the slider.
  document.addEventListener("input", (event) => {
    const pair = event.target.closest("[data-pair]");
    if (!pair || !event.target.value) return;
    for (const input of pair.querySelectorAll("input")) {
      if (input !== event.target) input.value = event.target.value;
    }
  });

  // A number nobody is counted for becomes the nearest one that is: the page's answer says why.
  document.addEventListener("change", ({ target }) => {
    if (!target.closest("[data-pair]") || !target.value) return;
    target.value = Math.min(Math.max(target.value, target.min), target.max);
  });

  // Words for those who cannot see that something changed. The same words twice are said once more.
  function say(words) {
    const place = document.getElementById("said");
    place.textContent = "";
    place.textContent = words;
  }

  const copyOf = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);
  const wordsFor = document.getElementById("trouble").dataset;

  // Not while somebody reads it.
  function leave(note) {
    if (note.matches(":hover, :focus-within")) setTimeout(leave, 2000, note);
    else note.remove();
  }

  function toast(text) {
    const note = copyOf("toast");
    note.querySelector("p").textContent = text;
    const toasts = document.getElementById("toasts");
    toasts.append(note);
    if (toasts.children.length > 3) toasts.firstElementChild.remove();
    setTimeout(leave, 8000, note);
  }

  // What the server wants to say beside a fragment: good news floats by, trouble waits for its place on the page.
  let refusals = [];

  document.addEventListener("messages", (event) => {
    for (const { level, text } of event.detail.messages) {
      if (level === "error" || level === "warning") refusals.push(text);
      else toast(text);
    }
  });

  // A form that was sent waits for its answer: the button shows it, a second click sends nothing. The button is
  // not disabled, because a disabled one loses the keyboard and says nothing.
  const timers = new WeakMap();

  function hold(form, button) {
    form.ariaBusy = "true";
    button?.setAttribute("data-sending", "");
    timers.set(form, setTimeout(release, 30000, form)); // an answer that is a download never ends the page
  }

  function release(form) {
    clearTimeout(timers.get(form));
    form.ariaBusy = null;
    form.querySelector("[data-sending]")?.removeAttribute("data-sending");
  }

  const isHeld = (form) => form.ariaBusy === "true";
  let agreedTo = null;

  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (form.getAttribute("method") !== "post" || form.matches("[data-passkey]")) return; // passkeys.js waits itself
      const question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
      const isOpen = question && agreedTo !== form;
      agreedTo = null;
      if (isHeld(form) || isOpen) {
        event.preventDefault();
        event.stopImmediatePropagation();
        if (isHeld(form)) say(wordsFor.working);
        else ask(question, form, event.submitter);
      } else {
        hold(form, event.submitter);
        setTimeout(() => isHeld(form) && say(wordsFor.working), 1000);
      }
    },
    true,
  );

  // A question before something that cannot be undone. Without script the form is sent as it is.
  function ask(question, form, button) {
    const dialog = document.getElementById("ask");
    dialog.querySelector("h2").textContent = question;
    dialog.querySelector("[value=yes]").textContent = button.textContent.trim();
    dialog.returnValue = "";
    dialog.onclose = () => {
      if (dialog.returnValue === "yes" && form.isConnected) send(form, button);
    };
    dialog.showModal();
  }

  function send(form, button) {
    agreedTo = form;
    form.requestSubmit(button);
  }

  // The Back button may bring a page as it was left.
  addEventListener("pageshow", () => document.querySelectorAll("form[aria-busy]").forEach(release));

  // Where the keyboard goes when its place is swapped away: to the same place in what came, else to the nearest
  // one around it that is still there. After a refusal it goes to the first field that has to be mended.
  const WRONG = '[aria-invalid="true"], .errorlist.nonfield';
  let places = [];
  let isRefused = false;

  const firstOf = (selectors) => selectors.map((selector) => document.querySelector(selector)).find(Boolean);

  function placesAround(element) {
    const found = [];
    for (let at = element; at && at !== document.body; at = at.parentElement) {
      if (at.matches("form[action]")) found.push(`form[action="${CSS.escape(at.getAttribute("action"))}"]`);
      if (at.id) found.push(`#${CSS.escape(at.id)}`);
    }
    return found;
  }

  function landing(place) {
    const folded = place.closest("details:not([open])");
    if (folded) return folded.querySelector("summary");
    if (!place.matches("form")) return place.matches("[tabindex]") ? place : (place.querySelector("h1, h2") ?? place);
    return place.querySelector(WRONG) ?? place.querySelector(':is(input, select, textarea):not([type="hidden"]), button');
  }

  function focus(element) {
    if (!element.matches("a, button, input, select, summary, textarea, [tabindex]")) element.tabIndex = -1;
    element.focus({ preventScroll: element.matches("[tabindex]") });
  }

  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const isTaken = detail.shouldSwap && detail.target.contains(document.activeElement);
    places = isTaken ? placesAround(document.activeElement) : [];
    isRefused = detail.xhr.status === 422;
  });

  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    const place = firstOf(places);
    if (place && (isRefused || document.activeElement === document.body)) focus(landing(place));
    places = [];
    const words = detail.elt.closest("[data-said]") ?? detail.elt.querySelector("[data-said]");
    if (words) say(words.dataset.said);
  });

  const wrong = document.querySelector(`main :is(${WRONG}):not([data-specimen] *)`);
  if (wrong) focus(wrong);

  // While htmx waits, what will be swapped is calm and says so; see assets/css/waiting.css.
  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    placeOfTrouble(detail.elt, detail.target).querySelector("[data-trouble]")?.remove();
    if (detail.requestConfig.verb === "get") detail.target.ariaBusy = "true";
  });

  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    const { target } = detail;
    const { elt } = detail.requestConfig; // the event itself names another one when that one is gone
    target.ariaBusy = null;
    if (elt.matches("form")) release(elt);
    if (!refusals.length) return;
    const now = firstOf(placesAround(elt));
    tellTrouble(now ?? document.getElementById("messages"), target, refusals.splice(0).join(" "));
  });

  // Trouble is told where somebody waits: in the open menu, the row, the form; else in what should have come.
  const placeOfTrouble = (elt, target) =>
    elt.closest("[data-menu][open] form") ?? elt.closest(".rows > li") ?? (elt.matches("form, #messages") ? elt : target);

  function tellTrouble(elt, target, words, label, act) {
    const notice = copyOf("trouble");
    const button = notice.querySelector("button");
    notice.querySelector("p").textContent = words;
    button.hidden = !act;
    button.textContent = label;
    button.addEventListener("click", act);
    const place = placeOfTrouble(elt, target);
    place.querySelector("[data-trouble]")?.remove();
    place.append(notice);
    notice.scrollIntoView({ block: "nearest" });
  }

  // No answer, or one that is of no use here: with the way on.
  function offerAgain({ target, requestConfig: { elt, verb, path } }, words) {
    tellTrouble(elt, target, words, wordsFor.retry, () => {
      if (elt.matches("form")) send(elt);
      else htmx.ajax(verb, path, { source: elt });
    });
  }

  document.addEventListener("htmx:sendError", ({ detail }) => offerAgain(detail, wordsFor.offline));
  document.addEventListener("htmx:timeout", ({ detail }) => offerAgain(detail, wordsFor.slow));
  document.addEventListener("htmx:responseError", ({ detail }) => {
    const status = detail.xhr.status;
    if (status >= 500) offerAgain(detail, status === 500 ? wordsFor.broken : wordsFor.away);
    else if (status === 429) offerAgain(detail, wordsFor.often);
    else if (status === 413) offerAgain(detail, wordsFor.large);
    else if (detail.xhr.getResponseHeader("X-Refused"))
      tellTrouble(detail.elt, detail.target, decodeURIComponent(detail.xhr.getResponseHeader("X-Refused")));
    else tellTrouble(detail.elt, detail.target, wordsFor.stale, wordsFor.reload, () => location.reload());
  });
})();
