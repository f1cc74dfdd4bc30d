// SPDX-License-Identifier: Apache-2.0
// Comfort only: every page works without it. ES2018.
(function () {
  "use strict";
  var main = document.getElementById("main");

  function typing(target) {
    return target && (/^(SELECT|TEXTAREA)$/.test(target.tagName) ||
      (target.tagName === "INPUT" && !/^(checkbox|radio|button|submit)$/.test(target.type)));
  }

  // What a page can be told by a key says so itself, with aria-keyshortcuts: "Control+S", "Alt+1", "A", "/".
  // Keys go by their place, so that they work in the Russian layout too.
  var names = { Slash: "/", Escape: "Escape", Enter: "Enter", NumpadEnter: "Enter", Space: "Space" };
  function nameOf(event) {
    var key = names[event.code] || event.code.replace(/^(Key|Digit|Numpad)(?=.$)/, "");
    if (event.key === "?" || (event.code === "Slash" && event.shiftKey)) key = "?";
    else if (event.shiftKey) return "";
    return (event.ctrlKey || event.metaKey ? "Control+" : "") + (event.altKey ? "Alt+" : "") + key;
  }

  function obey(target) {
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName) && !/^(checkbox|radio)$/.test(target.type)) {
      target.focus();
      if (target.select) target.select();
    } else {
      target.click();
    }
  }

  // Rows of the table or cards of the board in which the focus is, else of the first one.
  var ROW = "tbody tr, .board li";
  function rows() {
    var table = document.activeElement.closest("table, .board") || document.querySelector("main table, main .board");
    return table ? Array.prototype.slice.call(table.querySelectorAll(ROW))
      .map(function (row) { return row.querySelector("a"); }).filter(Boolean) : [];
  }

  function move(down) {
    var all = rows(), at = -1;
    all.forEach(function (link, i) {
      if (link.closest(ROW).contains(document.activeElement)) at = i;
    });
    var next = all[at < 0 && !down ? all.length - 1 : at + (down ? 1 : -1)];
    if (next) next.focus();
    return !!next;
  }

  // What this key means in the row where the focus is, else on the page. Saving is meant by every form of a record.
  function meant(name) {
    var by = '[aria-keyshortcuts~="' + name.replace(/["\\]/g, "") + '"]', row = document.activeElement.closest(ROW);
    return (row && row.querySelector(by)) || document.querySelector(by) ||
      (/^Control\+(S|Enter)$/.test(name) ? document.querySelector("form.record button.main") : null);
  }

  function tick() {
    var row = document.activeElement.closest("tbody tr");
    var box = row && document.activeElement.type !== "checkbox" ? row.querySelector("input[type=checkbox]") : null;
    if (box) box.click();
    return !!box;
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

  document.addEventListener("keydown", function (event) {
    if (event.isComposing || event.defaultPrevented) return;
    var name = nameOf(event), inField = typing(event.target), plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (!name) return;
    if (inField && name === "Escape") {
      event.target.blur();
      return;
    }
    if (moved(event)) {
      event.preventDefault();
      return;
    }
    if (inField && (plain || name === "Control+Z")) return;
    var done = false;
    var target = meant(name);
    if (target) {
      obey(target);
      done = true;
    } else if (event.code === "ArrowDown" || event.code === "ArrowUp") {
      done = plain && move(event.code === "ArrowDown");
    } else if (name === "Space") {
      done = tick();
    }
    if (done) event.preventDefault();
  });

  // What is wrong is read first.
  var summary = main && main.querySelector(".note.bad");
  if (summary) {
    summary.tabIndex = -1;
    summary.focus();
  }

  // What is typed is kept on the node every three seconds; while it cannot be, a sentence says so.
  var changed = false;
  function keep(form) {
    var last = text(), busy = false, stop = null;
    var said = document.createElement("p");
    said.className = "help";
    said.setAttribute("role", "status");
    form.appendChild(said);
    function text() {
      return new URLSearchParams(new FormData(form)).toString();
    }
    function say(words) {
      if (said.textContent !== words) said.textContent = words;
    }
    function turn() {
      var now = text();
      if (busy || now === last) return;
      busy = true;
      stop = new AbortController();
      fetch(form.dataset.draft, { method: "POST", body: new URLSearchParams(now), redirect: "error", signal: stop.signal })
        .then(function (answer) {
          return answer.ok ? answer.text() : Promise.reject();
        })
        .then(function (words) {
          last = now;
          if (text() === now) changed = false;
          var at = new Date();
          say(words + " " + ("0" + at.getHours()).slice(-2) + ":" + ("0" + at.getMinutes()).slice(-2));
        })
        .catch(function () { say(form.dataset.unkept); })
        .then(function () { busy = false; });
    }
    var timer = window.setInterval(turn, 3000);
    form.addEventListener("submit", function () {
      window.clearInterval(timer);
      if (stop) stop.abort();
    });
  }
  var kept = document.querySelector("form[data-draft]");
  if (kept && window.fetch && window.AbortController) keep(kept);

  // Where nobody sat for as long as a session lasts, the page does not go on showing what it holds. Another tab in use keeps it.
  function lock(out) {
    var USED = "selenga-used";
    function use() {
      try { localStorage.setItem(USED, String(Date.now())); } catch (none) { last = Date.now(); }
    }
    var last = Date.now();
    function used() {
      try { return Math.max(last, Number(localStorage.getItem(USED))); } catch (none) { return last; }
    }
    ["keydown", "pointerdown", "input", "wheel"].forEach(function (name) {
      document.addEventListener(name, use, { passive: true });
    });
    window.setInterval(function () {
      if (Date.now() - used() < Number(out.dataset.idle)) return;
      var then = document.createElement("input");
      then.type = "hidden";
      then.name = "then";
      then.value = location.pathname + location.search;
      out.appendChild(then);
      changed = false;
      out.submit();
    }, 10000);
    use();
  }
  var out = document.querySelector("form[action='/logout']");
  if (out && out.dataset.idle) lock(out);

  // A reference: what fits is asked while it is typed; arrows lead into the choices, Enter takes one and comes back.
  function pick(box) {
    var input = box.querySelector(".find input"), said = box.querySelector("[role=status]"), list = box.querySelector(".choices");
    var asked = input.value.trim(), timer = 0;
    function choices() {
      return Array.prototype.slice.call(list.querySelectorAll("input:not([type=hidden])"));
    }
    function seek() {
      var words = asked = input.value.trim();
      window.clearTimeout(timer);
      if (!words) return;
      var query = choices().filter(function (choice) { return choice.checked; })
        .map(function (choice) { return "&" + encodeURIComponent(choice.name) + "=" + encodeURIComponent(choice.value); }).join("");
      fetch(box.dataset.pick + "&q=" + encodeURIComponent(words) + query, { redirect: "error" })
        .then(function (answer) { return answer.ok ? answer.text() : Promise.reject(); })
        .then(function (text) {
          if (asked !== words) return;
          var end = text.indexOf("\n");
          said.textContent = text.slice(0, end);
          list.innerHTML = text.slice(end + 1); // of html.c
        }).catch(function () { asked = ""; }); // the button still asks
    }
    function into(choice) {
      if (!choice) return;
      choice.focus();
      if (choice.type === "radio") choice.click();
    }
    function take(choice) {
      choice.checked = true;
      choices().forEach(function (other) {
        if (!other.checked && other.value) other.parentNode.remove();
      });
      input.value = said.textContent = asked = "";
      input.focus();
      list.dispatchEvent(new Event("input", { bubbles: true }));
    }
    input.addEventListener("input", function () {
      window.clearTimeout(timer);
      timer = window.setTimeout(seek, 250);
    });
    box.querySelector("button").addEventListener("click", function (event) {
      event.preventDefault();
      seek();
    });
    box.addEventListener("keydown", function (event) {
      var enter = /^(Numpad)?Enter$/.test(event.code), words = input.value.trim();
      if (event.ctrlKey || event.altKey || event.metaKey || event.target.tagName !== "INPUT") return;
      if (event.target !== input) {
        event.stopPropagation(); // arrows are the group's own
        if (!enter) return;
        take(event.target);
      } else if (event.code === "ArrowDown" || (enter && words && asked === words)) {
        into(list.querySelector("[autofocus]") || choices()[0]);
      } else if (enter && words) {
        seek();
      } else {
        return;
      }
      event.preventDefault();
    });
  }
  if (window.fetch) Array.prototype.forEach.call(document.querySelectorAll("[data-pick]"), pick);

  // Whoever leaves a form with something typed in it that is not kept is asked.
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
