/* What is typed while the line is down stays in this tab, and is offered when the page is opened again. */
(function () {
  "use strict";
  var form = document.querySelector("form[data-keep]");
  if (!form) { return; }
  var key = "kept:" + location.pathname, offer = document.getElementById("unsent");
  function fields() {
    return Array.prototype.filter.call(form.elements, function (each) {
      return each.name && each.type !== "hidden" && each.type !== "file" && each.type !== "submit";
    });
  }
  function read() {
    return fields().map(function (each) {
      return [each.name, /^(checkbox|radio)$/.test(each.type) ? each.checked : each.value];
    });
  }
  function put(values) {
    fields().forEach(function (each, place) {
      var kept = values[place];
      if (!kept || kept[0] !== each.name) { return; }
      if (/^(checkbox|radio)$/.test(each.type)) { each.checked = kept[1]; } else { each.value = kept[1]; }
    });
  }
  function lost() {
    try { sessionStorage.setItem(key, JSON.stringify(read())); } catch (error) { return; }
    var place = document.getElementById("kept");
    if (place) { place.textContent = ""; }
  }
  document.body.addEventListener("htmx:sendError", lost);
  document.body.addEventListener("htmx:responseError", lost);
  document.body.addEventListener("htmx:afterRequest", function (event) {
    if (event.detail.successful) { sessionStorage.removeItem(key); }
  });
  form.addEventListener("submit", function () { if (navigator.onLine === false) { lost(); } else { sessionStorage.removeItem(key); } });
  var stored = sessionStorage.getItem(key);
  if (!stored || !offer) { return; }
  offer.classList.remove("d-none");
  document.getElementById("unsent-back").addEventListener("click", function () {
    put(JSON.parse(stored));
    offer.classList.add("d-none");
  });
  document.getElementById("unsent-drop").addEventListener("click", function () {
    sessionStorage.removeItem(key);
    offer.classList.add("d-none");
  });
})();
