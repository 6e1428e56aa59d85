// Keeps the pages that were read last, with what they look like, for times without a network.
"use strict";
const PAGES = "pages";
const FILES = "files";
const MOST_PAGES = 80;
const MOST_FILES = 160;

async function trim(cache, most) {
  const keys = await cache.keys();
  for (const key of keys.slice(0, Math.max(0, keys.length - most))) await cache.delete(key);
}

async function keepOfflinePage() {
  const answer = await fetch("/offline", { cache: "no-store" });
  const text = await answer.clone().text();
  const files = [...text.matchAll(/"(\/static\/[^"]+)"/g)].map((found) => found[1]);
  await (await caches.open(FILES)).addAll([...new Set(files)]);
  await (await caches.open(PAGES)).put("/offline", answer);
}

async function keep(cache, request, answer) {
  if (!answer.ok || answer.redirected || answer.type !== "basic") return;
  // Whole before the older one goes: the network may end in the middle.
  const whole = new Response(await answer.blob(), { headers: answer.headers });
  // Put back last, so that what was read longest ago goes first.
  await cache.delete(request, { ignoreVary: true });
  await cache.put(request, whole);
  const offline = await cache.match("/offline");
  await trim(cache, MOST_PAGES);
  if (offline && !(await cache.match("/offline"))) await cache.put("/offline", offline);
}

// The pages that brought the worker did not pass through it.
async function keepOpenPages() {
  await clients.claim();
  const cache = await caches.open(PAGES);
  for (const { url } of await clients.matchAll({ type: "window" })) {
    if (!(await cache.match(url, { ignoreVary: true }))) await keep(cache, url, await fetch(url));
  }
}

async function page(request) {
  const cache = await caches.open(PAGES);
  try {
    const answer = await fetch(request);
    await keep(cache, request, answer.clone());
    return answer;
  } catch {
    const known = await cache.match(request, { ignoreVary: true });
    return known || (await cache.match("/offline")) || Response.error();
  }
}

async function file(request) {
  const cache = await caches.open(FILES);
  const known = await cache.match(request, { ignoreVary: true });
  if (known) return known;
  const answer = await fetch(request);
  if (answer.ok) {
    await cache.put(request, answer.clone());
    await trim(cache, MOST_FILES);
  }
  return answer;
}

addEventListener("install", (event) => {
  event.waitUntil(keepOfflinePage().then(() => skipWaiting()));
});
addEventListener("activate", (event) => event.waitUntil(keepOpenPages()));
addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (/^\/(static|image)\//.test(pathname)) event.respondWith(file(request));
});
