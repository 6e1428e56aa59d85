// Times in the reader's zone, "/" to search, printing, and bars that lead to their events.
// Every page works without this.
"use strict";
(() => {
  const language = document.documentElement.lang || "en";
  const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
  const day = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, {
    day: "numeric",
    month: "long",
    year: "numeric",
  });
  for (const element of document.querySelectorAll("time[data-local]")) {
    const at = new Date(element.dateTime);
    if (Number.isNaN(at.valueOf())) continue;
    const exact = `${day.format(at)}, ${clock.format(at)}`;
    if (element.dataset.local === "exact") element.textContent = exact;
    else element.title = exact;
    if (element.dataset.local === "clock") element.textContent = clock.format(at);
  }

  const search = document.querySelector("[data-search]");
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!search) return;
    event.preventDefault();
    if (search.offsetParent === null) location.assign(search.form.action);
    else search.focus();
  });

  document.documentElement.classList.add("script");
  for (const button of document.querySelectorAll("[data-print]")) {
    button.addEventListener("click", () => print());
  }

  for (const bar of document.querySelectorAll("rect[data-from]")) {
    const from = Date.parse(bar.dataset.from);
    const to = Date.parse(bar.dataset.to);
    const events = [...document.querySelectorAll("[data-at]")].filter((event) => {
      const at = Date.parse(event.dataset.at);
      return at >= from && at < to;
    });
    if (!events.length) continue;
    bar.classList.add("leads");
    bar.addEventListener("click", () => {
      const target = events.find((event) => event.classList.contains("here")) || events.at(-1);
      target.scrollIntoView({ block: "center" });
      target.classList.remove("pointed");
      requestAnimationFrame(() => target.classList.add("pointed"));
    });
  }
})();
