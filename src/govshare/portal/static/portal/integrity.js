/* Computes a proof again in the reader's own browser, step by step, with the browser's SHA-256. The page says the same without it. */
(function () {
  "use strict";
  var ladder = document.querySelector("[data-ladder]"), said = document.querySelector("[data-ladder-said]");
  if (!ladder || !said) { return; }
  if (ladder.getAttribute("data-tree") !== "sha256" || !window.crypto || !window.crypto.subtle) {
    said.textContent = said.getAttribute("data-cannot");
    return;
  }
  function bytes(hex) {
    var found = new Uint8Array(hex.length / 2), n;
    for (n = 0; n < found.length; n += 1) { found[n] = parseInt(hex.substr(2 * n, 2), 16); }
    return found;
  }
  function hex(buffer) {
    return Array.prototype.map.call(new Uint8Array(buffer), function (each) { return ("0" + each.toString(16)).slice(-2); }).join("");
  }
  function hashed(prefix, first, second) {
    var all = new Uint8Array(1 + first.length + (second ? second.length : 0));
    all[0] = prefix;
    all.set(first, 1);
    if (second) { all.set(second, 1 + first.length); }
    return window.crypto.subtle.digest("SHA-256", all).then(hex);
  }
  function mark(line, holds) {
    line.classList.add(holds ? "held" : "broken");
    line.querySelector(".tick").textContent = said.getAttribute(holds ? "data-held" : "data-broken");
    line.querySelector(".tick").classList.add(holds ? "c-ok" : "c-bad");
    return holds;
  }
  var lines = Array.prototype.slice.call(ladder.querySelectorAll("li")), still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  function pause(value) {
    return new Promise(function (go) { setTimeout(function () { go(value); }, still ? 0 : 160); });
  }
  var body = new TextEncoder().encode(JSON.parse(document.getElementById("entry-body").textContent));
  var whole = hashed(0, body).then(function (leaf) {
    return { hash: leaf, holds: mark(lines[0], leaf === ladder.getAttribute("data-leaf")) };
  });
  lines.slice(1, -1).forEach(function (line) {
    whole = whole.then(pause).then(function (before) {
      var own = bytes(before.hash), other = bytes(line.getAttribute("data-sibling")), left = line.getAttribute("data-side") === "left";
      return hashed(1, left ? other : own, left ? own : other).then(function (result) {
        return { hash: result, holds: mark(line, result === line.getAttribute("data-result")) && before.holds };
      });
    });
  });
  whole.then(pause).then(function (end) {
    var holds = mark(lines[lines.length - 1], end.holds && end.hash === ladder.getAttribute("data-root"));
    said.textContent = said.getAttribute(holds ? "data-all" : "data-none");
    said.classList.add(holds ? "c-ok" : "c-bad");
  });
})();
