// What a reader follows, has seen and has muted: kept in this browser, sent to nobody but as
// the address of the page that shows what is new.
"use strict";
(() => {
  const KEY = "backstory";
  const VISIT = 30 * 60 * 1000; // loads less than this apart are one visit
  const MOST_SEEN = 500;
  const LATELY = 3 * 60 * 1000;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const one = (selector, within = document) => within.querySelector(selector);
  const messages = JSON.parse(document.body.dataset.messages);
  const forms = new Intl.PluralRules(document.documentElement.lang || "en");
  const counted = (name, number) =>
    (messages[`${name}.${forms.select(number)}`] || messages[`${name}.other`]).replace("{n}", number);

  // ------------------------------------------------------------ what is kept
  // {follow: [{path, kind, name}], mute: [{kind, id, name}], seen: {path: {mark, newest, at}}}
  const usable = (value) => ({
    follow: (Array.isArray(value?.follow) ? value.follow : []).filter(
      // Nothing that a file brings may lead to another site.
      (each) => typeof each?.path === "string" && /^\/(?![\/\\])/.test(each.path),
    ),
    mute: (Array.isArray(value?.mute) ? value.mute : []).filter((each) => each?.kind && each?.id),
    seen: value?.seen && typeof value.seen === "object" ? value.seen : {},
  });
  function read() {
    try {
      return usable(JSON.parse(localStorage.getItem(KEY) || "{}"));
    } catch {
      return usable({});
    }
  }
  function write(change) {
    const kept = read();
    change(kept);
    const seen = Object.entries(kept.seen).sort((a, b) => b[1].at - a[1].at);
    kept.seen = Object.fromEntries(seen.slice(0, MOST_SEEN));
    try {
      localStorage.setItem(KEY, JSON.stringify(kept));
    } catch {
      /* Private windows may have no room: nothing is kept then. */
    }
  }
  const asked = (follow) => new URLSearchParams(follow.map((each) => ["list", each.path])).toString();

  // ------------------------------------------------------------ following
  function toggles(within) {
    for (const control of all("[data-follow]", within)) {
      const { follow: path, kind, name, on } = control.dataset;
      const label = control.textContent;
      control.setAttribute("role", "button");
      const show = () => {
        const is = read().follow.some((each) => each.path === path);
        control.textContent = is ? on : label;
        control.setAttribute("aria-pressed", String(is));
      };
      const turn = (event) => {
        event.preventDefault();
        write((kept) => {
          const rest = kept.follow.filter((each) => each.path !== path);
          kept.follow = rest.length < kept.follow.length ? rest : [...rest, { path, kind, name }];
        });
        show();
      };
      control.addEventListener("click", turn);
      control.addEventListener("keydown", (event) => event.key === " " && turn(event));
      show();
    }
  }
  toggles(document);

  // ------------------------------------------------------------ new since the last visit
  const time = (text) => Date.parse(text) || 0;
  function badge(text) {
    const found = document.createElement("span");
    found.className = "badge new";
    found.textContent = text;
    return found;
  }
  // Marks what is newer than what this list showed when it was last visited; answers how many.
  function mark(list, quietly) {
    const path = list.dataset.seen;
    const items = all("[data-at]", list);
    const newest = Math.max(0, ...items.map((item) => time(item.dataset.at)));
    const before = read().seen[path];
    const now = Date.now();
    let since = before?.mark;
    if (before && now - before.at > VISIT) since = before.newest;
    let fresh = 0;
    for (const item of since === undefined ? [] : items) {
      if (time(item.dataset.at) <= since || item.classList.contains("here")) continue;
      const begun = !item.dataset.first || time(item.dataset.first) > since;
      fresh += 1;
      item.classList.add("fresh");
      if (one(".badge.new", item)) continue;
      const told = badge(begun ? messages.new : messages.more);
      const heading = one("h2, h4", item);
      if (heading) heading.append(" ", told);
      else one("a", item)?.after(" ", told);
    }
    if (!quietly && newest) {
      write((kept) => {
        kept.seen[path] = { mark: since ?? newest, newest: Math.max(newest, before?.newest || 0), at: now };
      });
    }
    return fresh;
  }
  for (const list of all("[data-seen]:not([data-quiet])")) mark(list);

  // ------------------------------------------------------------ muting
  const hides = (kept, item) =>
    kept.mute.some(({ kind, id }) => {
      if (kind === "topic") return item.dataset.topic === id;
      if (kind === "source") return item.dataset.source === id;
      return ` ${item.dataset.tags || ""} `.includes(` ${id} `);
    });
  function hideMuted() {
    const kept = read();
    // The page of a muted topic, tag or publisher still shows what is on it.
    const own = one("[data-mute]")?.dataset;
    kept.mute = kept.mute.filter((each) => !(each.kind === own?.mute && each.id === own?.id));
    if (!kept.mute.length) return;
    for (const list of all(".cards, .spine, aside section")) {
      const hidden = all("[data-topic], [data-source], [data-tags]", list).filter(
        (item) => !item.classList.contains("here") && hides(kept, item),
      );
      for (const item of hidden) item.hidden = true;
      if (!hidden.length || list.closest("aside")) continue;
      const line = document.createElement("p");
      line.className = "muted-line";
      const show = document.createElement("button");
      show.type = "button";
      show.textContent = messages.show;
      show.addEventListener("click", () => {
        for (const item of hidden) item.hidden = false;
        line.remove();
      });
      const change = document.createElement("a");
      change.href = "/following#muted";
      change.textContent = messages.change;
      line.append(`${counted("hidden", hidden.length)} · `, show, " · ", change);
      list.after(line);
    }
  }
  hideMuted();
  for (const button of all("[data-mute]")) {
    const { mute: kind, id, name, on } = button.dataset;
    const label = button.textContent;
    const same = (each) => each.kind === kind && each.id === id;
    const show = () => {
      const is = read().mute.some(same);
      button.textContent = is ? on : label;
      button.setAttribute("aria-pressed", String(is));
    };
    button.addEventListener("click", () => {
      write((kept) => {
        const rest = kept.mute.filter((each) => !same(each));
        kept.mute = rest.length < kept.mute.length ? rest : [...rest, { kind, id, name }];
      });
      show();
    });
    show();
  }

  // ------------------------------------------------------------ the page of what is followed
  async function lookUp(follow) {
    const answer = await fetch(`/following?${asked(follow)}`);
    if (!answer.ok) throw new Error(answer.statusText);
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  }
  // The same within a few minutes, so that leafing through lists asks but once.
  async function lookUpLately(follow) {
    const query = asked(follow);
    const known = JSON.parse(sessionStorage.getItem("backstory-news") || "null");
    if (known?.query === query && Date.now() - known.at < LATELY) {
      return new DOMParser().parseFromString(known.text, "text/html");
    }
    const page = await lookUp(follow);
    const text = one("#followed", page).outerHTML;
    try {
      sessionStorage.setItem("backstory-news", JSON.stringify({ query, at: Date.now(), text }));
    } catch {
      /* No room: it is asked for again. */
    }
    return page;
  }
  function lists(within, quietly) {
    for (const list of all("[data-seen]", within)) {
      const fresh = mark(list, quietly);
      const told = one("h2 .badge", list);
      if (told && fresh) {
        told.textContent = counted("fresh", fresh);
        told.hidden = false;
      }
    }
  }
  const place = document.getElementById("followed");
  async function showFollowed() {
    const { follow } = read();
    if (!follow.length) return;
    const waiting = document.createElement("p");
    waiting.className = "about";
    waiting.textContent = messages.looking;
    place.replaceChildren(waiting);
    try {
      const found = one("#followed", await lookUp(follow));
      place.replaceChildren(...found.childNodes);
      // Topics merge and are renamed: what is kept follows them.
      const now = new Map(all(".followed", place).map((list) => [list.dataset.asked, list]));
      write((kept) => {
        for (const each of kept.follow) {
          const list = now.get(each.path);
          if (!list) continue;
          each.path = list.dataset.seen;
          each.name = one("h2 a", list).textContent;
        }
        const known = new Set();
        kept.follow = kept.follow.filter(({ path }) => !known.has(path) && known.add(path));
      });
      one("[data-opml]").href = `/following.opml?${found.dataset.query}`;
    } catch {
      // Without a network the pages themselves may still be there, kept.
      waiting.textContent = messages.unreachable;
      const names = document.createElement("ul");
      names.className = "lines";
      for (const { path, name } of follow) {
        const link = document.createElement("a");
        link.href = path;
        link.textContent = name;
        const item = document.createElement("li");
        item.append(link);
        names.append(item);
      }
      place.append(names);
    }
    one("[data-has-list]").hidden = false;
    place.dispatchEvent(new Event("backstory:filled", { bubbles: true }));
    toggles(place);
    lists(place);
  }
  if (place) {
    if (one(".followed", place)) {
      lists(place);
      const known = new Set(read().follow.map((each) => each.path));
      const here = all("[data-follow]", place).map(({ dataset }) => ({
        path: dataset.follow, kind: dataset.kind, name: dataset.name,
      }));
      const strange = here.filter((each) => !known.has(each.path));
      one("[data-unfollowed]").hidden = !strange.length;
      one("[data-follow-all]").addEventListener("click", () => {
        write((kept) => kept.follow.push(...strange));
        location.assign("/following");
      });
    } else showFollowed();

    one("[data-export]").addEventListener("click", () => {
      const { follow, mute } = read();
      const text = JSON.stringify({ version: 1, follow, mute }, null, 2);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
      link.download = "backstory-following.json";
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    });
    one("[data-import]").addEventListener("change", async (event) => {
      const told = one("[data-imported]");
      const [file] = event.target.files;
      event.target.value = ""; // so that the same file can be chosen again
      if (!file) return;
      try {
        const value = JSON.parse(await file.text());
        if (!Array.isArray(value.follow) && !Array.isArray(value.mute)) throw new Error("no list");
        const brought = usable(value);
        let taken = 0;
        write((kept) => {
          const join = (mine, theirs, key) => {
            const known = new Set(mine.map(key));
            const added = theirs.filter((each) => !known.has(key(each)));
            taken += added.length;
            mine.push(...added);
          };
          join(kept.follow, brought.follow, (each) => each.path);
          join(kept.mute, brought.mute, (each) => `${each.kind} ${each.id}`);
        });
        told.textContent = counted("taken", taken);
        showMuted();
        await showFollowed();
      } catch {
        told.textContent = messages.bad_file;
      }
    });
    const showMuted = () => {
      const section = one("[data-muted]");
      section.id = "muted";
      const { mute } = read();
      section.hidden = !mute.length;
      one("ul", section).replaceChildren(
        ...mute.map(({ kind, id, name }) => {
          const item = document.createElement("li");
          const button = document.createElement("button");
          button.type = "button";
          button.textContent = messages.again;
          button.setAttribute("aria-label", `${messages.again}: ${name || id}`);
          button.addEventListener("click", () => {
            write((kept) => {
              kept.mute = kept.mute.filter((each) => each.kind !== kind || each.id !== id);
            });
            showMuted();
          });
          const called = document.createElement("p");
          called.append(button);
          item.append(name || id, called);
          return item;
        }),
      );
    };
    showMuted();
  }

  // ------------------------------------------------------------ beside trending and latest
  const news = one("[data-news]");
  const { follow } = read();
  if (news && follow.length) {
    const rows = new Map();
    for (const { path, name } of follow.slice(0, 6)) {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = path;
      link.textContent = name || path;
      const told = document.createElement("p");
      told.textContent = "…";
      item.append(link, told);
      rows.set(path, told);
      one("ul", news).append(item);
    }
    lookUpLately(follow.slice(0, 6))
      .then((page) => {
        for (const list of all(".followed", page)) {
          const told = rows.get(list.dataset.seen);
          if (!told) continue;
          const fresh = mark(list, true);
          told.textContent = fresh ? counted("fresh", fresh) : messages.nothing_new;
          told.classList.toggle("fresh", fresh > 0);
        }
      })
      .catch(() => {
        for (const told of rows.values()) told.textContent = messages.unreachable;
      });
  }
})();
