/* Comforts on top of pages that work without them. No inline handlers: behaviour hangs on data attributes. */
(() => {
  "use strict";

  const root = document.documentElement;

  // Theme: the system's until somebody chooses; the choice is a cookie, so that the server sends the right page.
  const isDark = () =>
    root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;

  function switchTheme() {
    root.dataset.theme = isDark() ? "light" : "dark";
    document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
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

  // A question before something that cannot be undone. Without script the form is sent as it is.
  document.addEventListener("submit", (event) => {
    const question = event.submitter?.dataset.confirm;
    if (question && !window.confirm(question)) event.preventDefault();
  });

  // The seats slider moves the number beside it, and the number moves the slider.
  document.addEventListener("input", (event) => {
    const pair = event.target.closest("[data-pair]");
    if (!pair || !event.target.value) return;
    for (const input of pair.querySelectorAll("input")) {
      if (input !== event.target) input.value = event.target.value;
    }
  });

  function toast(text) {
    const note = document.getElementById("toast").content.firstElementChild.cloneNode(true);
    note.querySelector("p").textContent = text;
    document.getElementById("toasts").append(note);
    setTimeout(() => note.matches(":hover, :focus-within") || note.remove(), 8000);
  }

  function alertAtTop(text) {
    const notice = document.createElement("div");
    notice.className = "notice tone-danger";
    notice.setAttribute("role", "alert");
    const words = document.createElement("p");
    words.className = "notice-text";
    words.textContent = text;
    notice.append(words);
    document.getElementById("messages")?.replaceChildren(notice);
  }

  // What the server wants to say beside a fragment; trouble stays on the page, good news floats by.
  document.addEventListener("messages", (event) => {
    for (const { level, text } of event.detail.messages) {
      if (level === "error" || level === "warning") alertAtTop(text);
      else toast(text);
    }
  });

  // A link that goes with the list it turns takes the keyboard along: what comes in its place gets it.
  let lostIn = "";

  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    lostIn = detail.shouldSwap && detail.target.contains(document.activeElement) ? detail.target.id : "";
  });

  document.addEventListener("htmx:afterSettle", () => {
    const place = lostIn && document.activeElement === document.body && document.getElementById(lostIn);
    if (place) place.focus({ preventScroll: true });
    lostIn = "";
  });

  for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(failure, () => alertAtTop(document.body.dataset.failed));
  }
})();
