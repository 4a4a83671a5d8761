/* Comforts of the forms of demands; all of them work without. */
(function () {
  "use strict";
  /* all items, none */
  document.querySelectorAll("[data-check],[data-uncheck]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      var name = button.getAttribute("data-check") || button.getAttribute("data-uncheck");
      document.querySelectorAll("input[type=checkbox][name='" + name + "']").forEach(function (box) {
        box.checked = button.hasAttribute("data-check");
      });
    });
  });
  /* an answer shows only the fields that it needs */
  function shown(row) {
    var verdict = row.querySelector("[data-answer]").value;
    row.querySelectorAll("[data-when]").forEach(function (part) {
      part.hidden = part.getAttribute("data-when").split(" ").indexOf(verdict) < 0;
    });
  }
  document.querySelectorAll("[data-answers]").forEach(function (row) {
    shown(row);
    row.addEventListener("change", function () { shown(row); });
  });
}());
