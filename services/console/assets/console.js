// SPDX-License-Identifier: Apache-2.0
// Comfort only: every page works without it. ES2018.
(function () {
  "use strict";
  var main = document.getElementById("main");

  function typing(target) {
    return target && /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName);
  }

  // In a grid arrows lead from cell to cell, and Enter down; inside a text the ones to the side move in it first.
  function moved(event) {
    var input = event.target, cell = input.closest && input.closest("table.grid td");
    if (!cell || input.tagName !== "INPUT" || event.ctrlKey || event.altKey || event.metaKey) return false;
    var text = input.type === "text", row = cell.parentNode, column = cell.cellIndex, to = null;
    if (event.code === "ArrowDown" || (text && event.code === "Enter")) to = row.nextElementSibling;
    else if (event.code === "ArrowUp") to = row.previousElementSibling;
    else if (event.code === "ArrowRight" && (!text || input.selectionEnd === input.value.length)) { to = row; column++; }
    else if (event.code === "ArrowLeft" && (!text || input.selectionStart === 0)) { to = row; column--; }
    else return false;
    var next = to && to.cells[column] && to.cells[column].querySelector("input:not([type=hidden])");
    if (!next) return event.code === "Enter";
    next.focus();
    if (next.type === "text") next.select();
    return true;
  }

  // Keys by their place, so that they work in the Russian layout too.
  document.addEventListener("keydown", function (event) {
    if (event.code === "KeyS" && (event.ctrlKey || event.metaKey) && !event.altKey) {
      var form = document.querySelector("form.record");
      if (form) {
        event.preventDefault();
        form.requestSubmit ? form.requestSubmit() : form.submit();
      }
      return;
    }
    if (moved(event)) {
      event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.metaKey || typing(event.target)) return;
    if (event.altKey && /^Digit[1-9]$/.test(event.code)) {
      var links = document.querySelectorAll("nav a");
      var link = links[Number(event.code.slice(5)) - 1];
      if (link) {
        event.preventDefault();
        link.click();
      }
      return;
    }
    if (event.altKey) return;
    if (event.code === "Slash") {
      var find = document.querySelector("input[name=q]");
      if (find) {
        event.preventDefault();
        find.focus();
      }
    } else if (event.code === "ArrowDown" || event.code === "ArrowUp") {
      var rows = Array.prototype.slice.call(document.querySelectorAll("tbody tr > :first-child a"));
      var at = rows.indexOf(document.activeElement) + (event.code === "ArrowDown" ? 1 : -1);
      if (rows[at]) {
        event.preventDefault();
        rows[at].focus();
      }
    }
  });

  // What is wrong is read first.
  var summary = main && main.querySelector(".note.bad");
  if (summary) {
    summary.tabIndex = -1;
    summary.focus();
  }

  // Whoever leaves a form with something typed in it is asked.
  var changed = false;
  var record = document.querySelector("form.record");
  if (record) {
    record.addEventListener("input", function () { changed = true; });
    record.addEventListener("submit", function () { changed = false; });
    window.addEventListener("beforeunload", function (event) {
      if (!changed) return;
      event.preventDefault();
      event.returnValue = "";
    });
  }
})();
