/* Comforts of the catalog's forms: one more row, finding a department among many. */
(function () {
  "use strict";
  document.querySelectorAll("[data-add-row]").forEach(function (button) {
    var body = document.querySelector(button.getAttribute("data-add-row"));
    button.classList.remove("d-none");
    button.addEventListener("click", function () {
      var row = body.lastElementChild.cloneNode(true);
      row.removeAttribute("id");
      row.classList.remove("bad");
      row.querySelectorAll("[id]").forEach(function (each) { each.removeAttribute("id"); });
      row.querySelectorAll(".wrong").forEach(function (each) { each.remove(); });
      row.querySelectorAll("input").forEach(function (each) { each.value = ""; each.classList.remove("no"); });
      row.querySelectorAll("select").forEach(function (each) { each.selectedIndex = 0; each.classList.remove("no"); });
      body.appendChild(row);
      row.querySelector("input[name=name]").focus();
    });
  });
  /* <div data-when="share_type:none"> is shown while that is chosen, or while it holds what would be lost from sight */
  var depending = Array.prototype.slice.call(document.querySelectorAll("[data-when]"));
  function show() {
    depending.forEach(function (each) {
      var rule = each.getAttribute("data-when").split(":");
      var chosen = document.querySelector("[name=" + rule[0] + "]:checked");
      var fits = !chosen || rule[1].split(",").indexOf(chosen.value) >= 0;
      each.classList.toggle("d-none", !fits && !each.querySelector(".wrong, .asked-here"));
    });
  }
  if (depending.length) {
    document.addEventListener("change", show);
    show();
  }
  document.querySelectorAll("[data-filter]").forEach(function (search) {
    var list = document.querySelector(search.getAttribute("data-filter"));
    search.addEventListener("keydown", function (event) { if (event.key === "Enter") { event.preventDefault(); } });
    search.addEventListener("input", function (event) {
      event.stopPropagation();
      var words = search.value.trim();
      list.querySelectorAll("label").forEach(function (each) {
        var box = each.querySelector("input");
        each.classList.toggle("d-none", words && each.textContent.indexOf(words) < 0 && !box.checked);
      });
    });
  });
})();
