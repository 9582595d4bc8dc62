// The admin's page of a scheduled task: the chosen crontab in words, below its field.
(() => {
  const words = JSON.parse(document.getElementById("readable-crontabs").textContent);
  const field = document.getElementById("id_crontab");
  const help = document.querySelector(".field-crontab .help");
  const row = document.querySelector(".field-crontab_translation");
  if (!field || !help) return;

  const told = document.createElement("p");
  help.append(told);
  const tell = () => (told.textContent = words[field.value] ?? "");
  if (row) row.hidden = true;
  field.addEventListener("change", tell);
  // The field is told of a new crontab by jQuery, whose events are its own.
  window.django?.jQuery(field).on("change", tell);
  tell();
})();
