// Filters for the list of questions; without this script all of them are shown.
const form = document.querySelector(".filter");
const questions = [...document.querySelectorAll(".question")];
const buttons = [...form.querySelectorAll("button")];

function show() {
  const verdict = buttons.find((b) => b.ariaPressed === "true").dataset.verdict;
  const type = form.elements.type.value;
  const words = form.elements.words.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const question of questions) {
    const text = question.textContent.toLowerCase();
    const fits =
      (!verdict || question.dataset.verdict === verdict) &&
      (!type || question.dataset.type === type) &&
      words.every((word) => text.includes(word));
    question.hidden = !fits;
    shown += fits;
  }
  form.querySelector("output").textContent = shown === questions.length ? "" : `${shown} shown`;
}

function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target?.matches(".question")) {
    target.hidden = false;
    target.open = true;
    target.scrollIntoView();
  }
}

for (const button of buttons) {
  button.addEventListener("click", () => {
    for (const other of buttons) other.ariaPressed = String(other === button);
    show();
  });
}
form.addEventListener("input", show);
form.addEventListener("submit", (event) => event.preventDefault());
form.hidden = false;
addEventListener("hashchange", openTarget);
openTarget();
