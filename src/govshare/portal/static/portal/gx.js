/* Small comforts; every page works without them. */
(function () {
  "use strict";
  function typing(element) {
    return /^(input|textarea|select)$/i.test(element.tagName) || element.isContentEditable;
  }
  function say(button, text) {
    var label = button.querySelector("span") || button, before = label.textContent;
    label.textContent = text;
    setTimeout(function () { label.textContent = before; }, 1500);
  }
  /* copy: <button data-copy="#id" data-copied="已复制"> */
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-copy]");
    if (!button) { return; }
    var text = document.querySelector(button.getAttribute("data-copy")).innerText;
    var area;
    if (navigator.clipboard && window.isSecureContext) {
      navigator.clipboard.writeText(text).then(function () { say(button, button.getAttribute("data-copied")); });
      return;
    }
    area = document.createElement("textarea");
    area.value = text;
    document.body.appendChild(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    say(button, button.getAttribute("data-copied"));
  });
  /* print: <button data-print> */
  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-print]")) { window.print(); }
  });
  /* proposals: arrow keys walk from the search field through them and back, Escape closes */
  document.addEventListener("keydown", function (event) {
    var form = event.target.closest && event.target.closest(".gsearch");
    if (!form) { return; }
    if (event.key === "Escape") { form.querySelector(".suggest").textContent = ""; form.querySelector("input").focus(); return; }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") { return; }
    var stops = [form.querySelector("input")].concat(Array.prototype.slice.call(form.querySelectorAll(".sug-l")));
    var at = stops.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
    event.preventDefault();
    stops[Math.max(0, Math.min(stops.length - 1, at))].focus();
  });
  /* menus made of <details class="drop"> close when something else is meant */
  document.addEventListener("click", function (event) {
    document.querySelectorAll("details.drop[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) { menu.removeAttribute("open"); }
    });
  });
  /* keys: / search, J and K through a list, Enter opens, Escape leaves */
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey) { return; }
    if (event.key === "Escape") {
      document.querySelectorAll("details.drop[open]").forEach(function (menu) { menu.removeAttribute("open"); });
      return;
    }
    if (typing(event.target)) { return; }
    var search = document.querySelector(".gsearch input");
    if (event.key === "/" && search) { event.preventDefault(); search.focus(); return; }
    var lines = Array.prototype.slice.call(document.querySelectorAll("[data-line]"));
    var at = lines.findIndex(function (line) { return line.classList.contains("at"); });
    var step = { j: 1, J: 1, k: -1, K: -1 }[event.key];
    if (step && lines.length) {
      if (at >= 0) { lines[at].classList.remove("at"); }
      at = Math.max(0, Math.min(lines.length - 1, at + step));
      lines[at].classList.add("at");
      lines[at].scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && at >= 0 && event.target === document.body) {
      var link = lines[at].querySelector("a[href]");
      if (link) { link.click(); }
    }
  });
  /* a form is sent once; its buttons come back when the page does */
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (event.defaultPrevented) { return; }
    if (form.hasAttribute("data-sent")) { event.preventDefault(); return; }
    if ((form.getAttribute("method") || "").toLowerCase() === "post") { form.setAttribute("data-sent", ""); }
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { form.removeAttribute("data-sent"); });
  });
  /* what was sent has arrived: it need not stay in this tab any longer (keeping.js) */
  if (document.querySelector("[data-done]")) {
    sessionStorage.removeItem(sessionStorage.getItem("kept-sent"));
    sessionStorage.removeItem("kept-sent");
  }
  /* selects that apply at once */
  document.addEventListener("change", function (event) {
    if (event.target.hasAttribute("data-apply")) { event.target.form.submit(); }
  });
  /* charts, on pages that load them: <div data-chart="id of a JSON script"> */
  document.addEventListener("DOMContentLoaded", function () {
    if (!window.echarts) { return; }
    document.querySelectorAll("[data-chart]").forEach(function (place) {
      var option = JSON.parse(document.getElementById(place.getAttribute("data-chart")).textContent);
      option.color = option.color || ["#1459A6", "#0B7A85", "#C98A0A", "#5B48A8", "#2A9D66", "#B8292F", "#7E91A4"];
      option.textStyle = { fontFamily: getComputedStyle(document.body).fontFamily, color: "#3D566F" };
      option.animation = false;
      option.aria = { enabled: true };
      if (option.tooltip) { option.tooltip.renderMode = "richText"; }
      var chart = window.echarts.init(place, null);
      chart.setOption(option);
      window.addEventListener("resize", function () { chart.resize(); });
    });
  });
})();
