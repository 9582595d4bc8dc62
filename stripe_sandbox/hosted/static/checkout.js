// Comfort only: every page works without it.
// Chips fill the card in place, the number is grouped while typing, and a form that is sent says so once.
(() => {
  const filled = { exp: "12 / 34", cvc: "123" };
  const groups = (digits) => digits.replace(/(\d{4})(?=\d)/g, "$1 ");
  const card = document.getElementById("card");

  document.querySelectorAll("[data-fill-card]").forEach((chip) => {
    chip.addEventListener("click", (event) => {
      event.preventDefault();
      card.value = groups(chip.value);
      Object.entries(filled).forEach(([id, value]) => {
        const field = document.getElementById(id);
        field.value = field.value || value;
      });
      const name = document.getElementById("name");
      name.value = name.value || "Test Person";
      document.querySelector("[data-testid=pay], [data-testid=portal-card-save], [data-testid=invoice-pay]").focus();
    });
  });

  card?.addEventListener("input", () => {
    if (card.selectionStart === card.value.length) {
      card.value = groups(card.value.replace(/\D/g, "").slice(0, 19));
    }
  });

  document.querySelectorAll("form[data-busy]").forEach((form) => {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) {
        event.preventDefault();
        return;
      }
      form.dataset.sent = "yes";
      const button = form.querySelector("button.primary, button.wide");
      button.setAttribute("aria-disabled", "true");
      button.textContent = form.dataset.busy;
    });
  });

  // A page restored by the Back button is ready to be sent again.
  window.addEventListener("pageshow", (event) => event.persisted && window.location.reload());
})();
