(() => {
  const items = [...document.querySelectorAll("#list > details")].map((node) => ({ node, text: null }));
  const [search, state, group, shown] = ["search", "state", "class", "shown"].map((id) => document.getElementById(id));
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const item of items) {
      const { node } = item;
      let fits = (!state.value || node.dataset.state === state.value) && (!group.value || node.dataset.class === group.value);
      if (fits && words.length) {
        item.text ??= [...node.querySelectorAll("summary, summary + div > p")].map((one) => one.textContent).join(" ").toLowerCase();
        fits = words.every((word) => item.text.includes(word));
      }
      node.hidden = !fits;
      count += fits;
    }
    shown.textContent = `${count} of ${items.length} shown`;
  };
  for (const control of [search, state, group]) control.addEventListener("input", filter);
  document.getElementById("reset").addEventListener("click", () => { search.value = state.value = group.value = ""; filter(); search.focus(); });
  filter();
  const open = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let node = target; node; node = node.parentElement) { if (node.tagName === "DETAILS") node.open = true; node.hidden = false; }
    target.scrollIntoView();
  };
  addEventListener("hashchange", open);
  if (location.hash) open();
  const opened = [];
  addEventListener("beforeprint", () => { for (const one of document.querySelectorAll("details:not([open])")) { if (!one.closest("#list")) { one.open = true; opened.push(one); } } });
  addEventListener("afterprint", () => { while (opened.length) opened.pop().open = false; });
  for (const button of document.querySelectorAll("button[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const text = button.previousElementSibling.textContent;
      try { await navigator.clipboard.writeText(text); button.textContent = "Copied"; } catch { getSelection().selectAllChildren(button.previousElementSibling); button.textContent = "Selected"; }
    });
  }
})();
