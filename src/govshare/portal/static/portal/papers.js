/* Printing, and files dropped anywhere on the page; both work without (browser menu, file field). */
(function () {
  "use strict";
  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-print]")) { window.print(); }
  });
  var field = document.querySelector("input[data-drop]");
  if (!field) { return; }
  document.addEventListener("dragover", function (event) {
    event.preventDefault();
    field.classList.add("over");
  });
  document.addEventListener("dragleave", function () { field.classList.remove("over"); });
  document.addEventListener("drop", function (event) {
    event.preventDefault();
    field.classList.remove("over");
    if (!event.dataTransfer.files.length) { return; }
    field.files = event.dataTransfer.files;
    field.form.requestSubmit();
  });
})();
