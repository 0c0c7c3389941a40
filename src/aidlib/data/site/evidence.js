"use strict";
(() => {
  const form = document.getElementById("search");
  const count = document.getElementById("count");
  const acts = [...document.querySelectorAll("details.act")];
  const fields = ["donor", "mechanism", "stage", "status"];
  const plain = (words) => words.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const texts = new Map();
  const textOf = (act) => {
    if (!texts.has(act)) texts.set(act, plain(act.textContent));
    return texts.get(act);
  };

  const asked = () => {
    const found = new URLSearchParams();
    for (const name of ["q", ...fields]) {
      const value = form.elements[name].value.trim();
      if (value) found.set(name, value);
    }
    if (form.elements.booked.checked) found.set("booked", "1");
    return found;
  };

  const ask = (wanted) => {
    form.elements.q.value = wanted.get("q") ?? "";
    for (const name of fields) {
      const field = form.elements[name];
      field.value = wanted.get(name) ?? "";
      // What nothing here has is asked all the same: it shows no act, not all of them.
      if (field.selectedIndex < 0) field.add(new Option(wanted.get(name), wanted.get(name), false, true));
    }
    form.elements.booked.checked = wanted.get("booked") === "1";
    show();
  };

  const show = () => {
    const wanted = asked();
    const words = plain(wanted.get("q") ?? "").split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const act of acts) {
      act.hidden = !(
        fields.every((name) => !wanted.has(name) || act.dataset[name] === wanted.get(name)) &&
        (!wanted.has("booked") || act.dataset.status === "booked") &&
        words.every((word) => textOf(act).includes(word))
      );
      shown += act.hidden ? 0 : 1;
    }
    count.textContent = `Showing ${shown} of ${acts.length} acts`;
  };

  const follow = () => {
    const hash = location.hash.slice(1);
    if (hash.includes("=")) return ask(new URLSearchParams(hash));
    const act = hash && document.getElementById(hash)?.closest("details.act");
    if (!act) return;
    if (act.hidden) ask(new URLSearchParams());
    act.open = true;
    act.scrollIntoView();
    act.querySelector("summary").focus({ preventScroll: true });
  };

  const changed = () => {
    show();
    history.replaceState(null, "", `#${asked()}`);
  };
  const openAll = (open) => acts.forEach((act) => { act.open = open && !act.hidden; });

  form.addEventListener("input", changed);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(changed));
  document.getElementById("open").addEventListener("click", () => openAll(true));
  document.getElementById("close").addEventListener("click", () => openAll(false));
  addEventListener("hashchange", follow);
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = acts.filter((act) => !act.hidden && !act.open);
    closed.forEach((act) => { act.open = true; });
  });
  addEventListener("afterprint", () => closed.forEach((act) => { act.open = false; }));
  form.hidden = false;
  show();
  follow();
})();
