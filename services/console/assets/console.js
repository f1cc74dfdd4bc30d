// SPDX-License-Identifier: Apache-2.0
// Comfort only: every page works without it. ES2018.
(function () {
  "use strict";
  var main = document.getElementById("main");

  function typing(target) {
    return target && /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName);
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
