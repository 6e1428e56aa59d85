// Times in the reader's zone, keys, the picture, sharing, printing, reading offline.
// Every page works without this.
"use strict";
(() => {
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const one = (selector, within = document) => within.querySelector(selector);
  const messages = JSON.parse(document.body.dataset.messages);

  // ------------------------------------------------------------ times
  const language = root.lang || "en";
  const locale = language === "en" ? "en-GB" : language;
  const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric" });
  function localTimes(within) {
    for (const element of all("time[data-local]", within)) {
      const at = new Date(element.dateTime);
      if (Number.isNaN(at.valueOf())) continue;
      const exact = `${day.format(at)}, ${clock.format(at)}`;
      if (element.dataset.local === "exact") element.textContent = exact;
      else element.title = exact;
      if (element.dataset.local === "clock") element.textContent = clock.format(at);
    }
  }
  localTimes(document);
  document.addEventListener("backstory:filled", (event) => localTimes(event.target));

  // ------------------------------------------------------------ sharing and printing
  const click = (selector, act) =>
    all(selector).forEach((element) => element.addEventListener("click", () => act(element)));
  click("[data-print]", () => print());
  click("[data-again]", () => location.reload());
  click("[data-copy]", async (button) => {
    const label = (button.dataset.label ??= button.textContent);
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = button.dataset.done;
    } catch {
      button.textContent = button.dataset.copy;
    }
    setTimeout(() => (button.textContent = label), 4000);
  });
  for (const item of all("[data-web-share]")) item.hidden = !navigator.share;
  click("[data-web-share] button", (button) =>
    navigator.share({ title: button.dataset.title, url: button.dataset.url }).catch(() => {}),
  );
  document.addEventListener("click", (event) => {
    for (const open of all("details.share[open]")) {
      if (!open.contains(event.target)) open.open = false;
    }
  });

  // What was left empty in a form does not belong into an address.
  document.addEventListener("formdata", ({ formData }) => {
    for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
  });

  // ------------------------------------------------------------ the picture
  function jump(link) {
    const event = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!event) return;
    event.scrollIntoView({ block: "center" });
    (one("h4 a", event) || one("a, summary", event))?.focus({ preventScroll: true });
    event.classList.remove("pointed");
    requestAnimationFrame(() => event.classList.add("pointed"));
  }
  for (const picture of all("[data-picture]")) {
    const bars = all("a", picture);
    picture.addEventListener("click", (event) => {
      const link = event.target.closest("a");
      if (!link) return;
      event.preventDefault();
      jump({ hash: link.getAttribute("href") });
    });
    picture.addEventListener("keydown", (event) => {
      const place = bars.indexOf(event.target.closest("a"));
      const onward = root.dir === "rtl" ? -1 : 1;
      const next = {
        ArrowRight: place + onward, ArrowLeft: place - onward, Home: 0, End: bars.length - 1,
      }[event.key];
      if (place < 0 || next === undefined) return;
      event.preventDefault();
      const bar = bars[Math.max(0, Math.min(bars.length - 1, next))];
      bars.forEach((each) => each.setAttribute("tabindex", each === bar ? "0" : "-1"));
      bar.focus();
    });
  }

  // ------------------------------------------------------------ keys
  const entries = () =>
    all("main :is(.card, .event, .lines li, .reports li, .topics > li)").filter(
      (entry) => entry.offsetParent && one("a", entry),
    );
  const heading = (entry) => one("h2 a, h3 a, h4 a", entry) || one("a", entry);
  function step(by) {
    const some = entries();
    if (!some.length) return;
    const here = some.findIndex((entry) => entry.contains(document.activeElement));
    // From nowhere, begin at the first entry that is in sight.
    const start = here < 0 && by > 0 ? some.findIndex((e) => e.getBoundingClientRect().top >= 0) : here + by;
    const entry = some[Math.max(0, Math.min(some.length - 1, start < 0 ? 0 : start))];
    heading(entry).focus({ preventScroll: true });
    entry.scrollIntoView({ block: "nearest" });
  }
  async function help() {
    const open = one("dialog[open]");
    if (open) return open.close();
    const dialog = document.createElement("dialog");
    dialog.className = "help";
    try {
      const page = new DOMParser().parseFromString(await (await fetch("/keys")).text(), "text/html");
      dialog.append(...one(".notice", page).childNodes);
    } catch {
      dialog.append(messages.offline);
    }
    const button = document.createElement("button");
    button.textContent = messages.close;
    button.addEventListener("click", () => dialog.close());
    dialog.append(button);
    dialog.setAttribute("aria-label", one("h1", dialog)?.textContent || "?");
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  }
  one("[data-keys]")?.addEventListener("click", (event) => {
    event.preventDefault();
    help();
  });
  const go = (selector) => () => one(selector)?.click();
  const reach = (selector) => () => {
    const found = one(selector);
    if (!found) return;
    found.closest("section")?.scrollIntoView();
    if (!found.matches("a, button, [tabindex]")) found.tabIndex = -1;
    found.focus({ preventScroll: true });
  };
  const search = one("[data-search]");
  const acts = {
    j: () => step(1),
    k: () => step(-1),
    o: () => {
      const entry = document.activeElement?.closest(".card, .event, li");
      if (entry && heading(entry)) heading(entry).click();
    },
    n: go("a[rel=next]"),
    p: go("a[rel=prev]"),
    h: reach("#history"),
    b: reach("[data-picture] a[tabindex='0']"),
    r: go("a[rel~=external]:not(.share a)"),
    f: go(".follow"),
    s: () => {
      const share = one("details.share");
      if (!share) return;
      share.open = true;
      one("li:not([hidden]) :is(a, button)", share).focus();
    },
    "/": () => (search?.offsetParent ? search.focus() : one(".to-search")?.click()),
    "?": help,
    gt: go(".to-trending"),
    gl: go(".to-latest"),
    gf: go(".to-following"),
    go: go(".to-topics"),
    gs: go(".to-search"),
  };
  let before = "";
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const open = event.target.closest("details[open]") || one("details.share[open]");
      if (open) {
        open.open = false;
        one("summary", open).focus();
      } else if (document.activeElement !== document.body) document.activeElement.blur();
      return;
    }
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const inDialog = one("dialog[open]");
    if (inDialog && event.key !== "?") return;
    const act = acts[before + event.key] || acts[event.key];
    before = event.key === "g" && before !== "g" ? "g" : "";
    if (!act) return;
    event.preventDefault();
    act();
  });

  // ------------------------------------------------------------ without a network
  navigator.serviceWorker?.register("/worker.js").catch(() => {});
  function network() {
    const told = one(".offline-note");
    if (navigator.onLine) return told?.remove();
    if (told) return;
    const note = document.createElement("p");
    note.className = "offline-note";
    note.setAttribute("role", "status");
    note.textContent = messages.offline;
    document.body.append(note);
  }
  addEventListener("online", network);
  addEventListener("offline", network);
  network();
  const kept = one("[data-kept]");
  if (kept && "caches" in window) {
    (async () => {
      const pages = await caches.open("pages");
      for (const request of (await pages.keys()).reverse().slice(0, 40)) {
        const path = new URL(request.url).pathname + new URL(request.url).search;
        if (path === "/offline") continue;
        const page = new DOMParser().parseFromString(await (await pages.match(request)).text(), "text/html");
        const item = document.createElement("li");
        const link = document.createElement("a");
        link.href = path;
        link.textContent = page.title.replace(/ · Backstory$/, "");
        item.append(link);
        one("ul", kept).append(item);
      }
      kept.hidden = !one("li", kept);
    })();
  }
})();
