/* Follows a pack that is being made, and shows the page anew when it is done. Without this script a link does that. */
"use strict";

(function () {
  const place = document.getElementById("job-state");
  if (!place) return;
  const pause = 2000;
  let failures = 0;

  async function look() {
    try {
      const answer = await fetch(place.dataset.state, { credentials: "same-origin", redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      const state = await answer.json();
      failures = 0;
      if (state.over || state.state !== place.dataset.now) {
        window.location.reload();
        return;
      }
      const bar = place.querySelector("progress");
      if (bar) bar.value = state.written;
    } catch {
      failures += 1;
      if (failures > 5) return;
    }
    window.setTimeout(look, pause);
  }

  window.setTimeout(look, pause);
})();
