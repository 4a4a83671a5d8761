/* What is typed while the line is down stays in this tab, for whoever typed it, and is offered when the page is opened again. */
(function () {
  "use strict";
  var form = document.querySelector("form[data-keep]");
  if (!form) { return; }
  var key = "kept:" + form.getAttribute("data-keep") + ":" + location.pathname, unkept = false;
  var down = document.getElementById("down"), offer = document.getElementById("unsent"), older = document.getElementById("kept-offer");
  function show(element, shown) {
    if (element) { element.classList.toggle("d-none", !shown); }
  }
  function fields() {
    return Array.prototype.filter.call(form.elements, function (each) {
      return each.name && each.type !== "hidden" && each.type !== "file" && each.type !== "submit";
    });
  }
  function box(each) {
    return /^(checkbox|radio)$/.test(each.type);
  }
  function read() {
    return JSON.stringify(fields().map(function (each) { return [each.name, box(each) ? each.checked : each.value]; }));
  }
  function put(values) {
    var more = form.querySelector("[data-add-row]"), tries = values.length;
    while (more && fields().length < values.length && tries-- > 0) { more.click(); }
    fields().forEach(function (each, place) {
      var kept = values[place], what = box(each) ? "checked" : "value";
      if (!kept || kept[0] !== each.name || each[what] === kept[1]) { return; }
      each[what] = kept[1];
      each.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
  function lost() {
    var place = document.getElementById("kept");
    try { sessionStorage.setItem(key, read()); } catch (error) { return; }
    if (place) { place.textContent = ""; }
  }
  function about(listener) {  // of the requests of a page, those that keep this form
    return function (event) { if (event.detail.elt === form) { listener(event); } };
  }
  document.body.addEventListener("htmx:sendError", about(function () { lost(); show(down, true); }));
  document.body.addEventListener("htmx:responseError", about(lost));
  document.body.addEventListener("htmx:afterRequest", about(function (event) {
    if (!event.detail.successful) { return; }
    unkept = false;
    sessionStorage.removeItem(key);
    show(down, false);
  }));
  window.addEventListener("offline", function () { show(down, true); });
  window.addEventListener("online", function () {
    show(down, false);
    if (unkept) { form.dispatchEvent(new Event("change")); }  // keeps what could not be kept meanwhile
  });
  form.addEventListener("input", function () {
    unkept = true;
    if (navigator.onLine === false) { lost(); }
  });
  window.addEventListener("pagehide", function () { if (unkept) { lost(); } });
  /* Sent is not arrived: gx.js forgets it when a page says that it was done. */
  form.addEventListener("submit", function (event) {
    lost();
    unkept = false;
    if (navigator.onLine !== false) { sessionStorage.setItem("kept-sent", key); return; }
    event.preventDefault();
    unkept = true;
    show(down, true);
    if (down) { down.scrollIntoView({ block: "center" }); }
  });
  function again() {
    var stored = sessionStorage.getItem(key);
    if (stored === read()) { sessionStorage.removeItem(key); return; }
    if (!stored || !offer) { return; }
    show(offer, true);
    show(older, false);
    document.getElementById("unsent-back").addEventListener("click", function () {
      put(JSON.parse(stored));
      unkept = true;
      show(offer, false);
    });
    document.getElementById("unsent-drop").addEventListener("click", function () {
      sessionStorage.removeItem(key);
      show(offer, false);
      show(older, true);
    });
  }
  document.addEventListener("DOMContentLoaded", again);  // after gx.js, which knows what has arrived
})();
