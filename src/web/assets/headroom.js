// Keyboard, menu, upload by dropping, and the token that requests of scripts carry. Every page works without it, more slowly.
"use strict";
(() => {
  const csrf = document.querySelector("meta[name=csrf]")?.content ?? "";
  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRF-Token"] = csrf;
  });

  const menu = document.querySelector("[data-menu]");
  menu?.addEventListener("click", () => {
    const shown = document.querySelector(".side").classList.toggle("shown");
    menu.setAttribute("aria-expanded", String(shown));
  });
  const keys = document.getElementById("keys");
  document.querySelector("[data-keys]")?.addEventListener("click", () => keys.showModal());

  let waitsForJump = 0;
  document.addEventListener("keydown", (event) => {
    const field = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (field || event.ctrlKey || event.metaKey || event.altKey) return;
    if (Date.now() - waitsForJump < 1500) {
      const link = document.querySelector(`.side a[data-jump="${CSS.escape(event.key)}"]`);
      waitsForJump = 0;
      if (link) {
        event.preventDefault();
        location.href = link.href;
        return;
      }
    }
    if (event.key === "g") {
      waitsForJump = Date.now();
    } else if (event.key === "/") {
      event.preventDefault();
      document.getElementById("search")?.focus();
    } else if (event.key === "?") {
      event.preventDefault();
      keys?.showModal();
    }
  });

  // A filter is applied when it changes; its button is for browsers without scripts.
  for (const form of document.querySelectorAll("form[data-auto]")) {
    form.addEventListener("change", () => form.requestSubmit());
    form.querySelector("[data-auto-button]")?.classList.add("hidden");
  }
  for (const button of document.querySelectorAll("[data-confirm]")) {
    button.addEventListener("click", (event) => {
      if (!confirm(button.dataset.confirm)) event.preventDefault();
    });
  }

  // Upload: drop or choose; the bytes go up with progress, then the page of the upload follows.
  const upload = document.querySelector("form[data-upload]");
  if (upload) {
    const input = upload.querySelector("input[type=file]");
    const bar = upload.querySelector("progress");
    const said = upload.querySelector("[role=status]");
    const send = (files) => {
      if (!files.length) return;
      const data = new FormData();
      data.append("csrf", csrf);
      for (const file of files) data.append("file", file);
      const request = new XMLHttpRequest();
      request.open("POST", upload.action);
      request.setRequestHeader("X-CSRF-Token", csrf);
      bar.hidden = false;
      request.upload.onprogress = (event) => {
        if (event.lengthComputable) {
          bar.max = event.total;
          bar.value = event.loaded;
        }
      };
      request.onload = () => {
        if (request.status < 300 && request.responseURL) {
          location.href = request.responseURL;
        } else {
          const answer = new DOMParser().parseFromString(request.responseText, "text/html");
          said.textContent = answer.querySelector(".reason, .door p")?.textContent ?? String(request.status);
          bar.hidden = true;
        }
      };
      request.onerror = () => {
        said.textContent = said.dataset.failed;
        bar.hidden = true;
      };
      request.send(data);
    };
    input.addEventListener("change", () => send(input.files));
    upload.addEventListener("submit", (event) => {
      event.preventDefault();
      send(input.files);
    });
    const drop = upload.querySelector(".drop");
    for (const kind of ["dragenter", "dragover"]) {
      drop.addEventListener(kind, (event) => {
        event.preventDefault();
        drop.classList.add("over");
      });
    }
    drop.addEventListener("dragleave", () => drop.classList.remove("over"));
    drop.addEventListener("drop", (event) => {
      event.preventDefault();
      drop.classList.remove("over");
      send(event.dataTransfer.files);
    });
  }
})();
