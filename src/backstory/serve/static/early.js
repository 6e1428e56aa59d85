// Runs before the first paint, so that nothing moves when the other scripts have run.
"use strict";
document.documentElement.classList.add("script");
try {
  const { follow } = JSON.parse(localStorage.getItem("backstory"));
  if (follow.length) document.documentElement.dataset.follows = Math.min(6, follow.length);
} catch {
  /* Nothing is followed. */
}
