/* The page /_components/ only: copies the piece of template a button stands beside. */
(() => {
  "use strict";

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copies]");
    if (!button) return;
    await navigator.clipboard.writeText(button.parentElement.querySelector("code").textContent);
    const said = [...button.childNodes];
    button.textContent = button.dataset.copied;
    setTimeout(() => button.replaceChildren(...said), 1500);
  });
})();
