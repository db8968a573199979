/* A code that stands behind the # of the address, as in a QR code, goes into the field and out of the address, so that
   nobody finds it in the history. Without this script the code is typed. */
"use strict";

(function () {
  const field = document.getElementById("code");
  const shape = /^#[A-Za-z0-9]{4}[-A-Za-z0-9]{8,12}$/;
  const address = new URL(window.location.href);
  if (field && shape.test(address.hash)) {
    field.value = address.hash.slice(1);
    const send = field.form.querySelector("button");
    if (send) {
      send.focus();
    }
  }
  if (address.hash || address.searchParams.has("code")) {
    if (shape.test(address.hash)) {
      address.hash = "";
    }
    address.searchParams.delete("code");
    window.history.replaceState(null, "", address.pathname + address.search + address.hash);
  }
})();
