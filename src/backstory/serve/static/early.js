// Runs before the first paint, so that nothing moves when the other scripts have run.
"use strict";
const page = document.documentElement;
page.classList.add("script");
try {
  const { follow } = JSON.parse(localStorage.getItem("backstory"));
  if (follow.length) {
    page.classList.add("follows");
    page.style.setProperty("--follows", Math.min(6, follow.length));
  }
} catch {
  /* Nothing is followed. */
}
