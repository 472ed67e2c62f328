// A form that the bot has opened (Discord's modal).
import { byId, h } from "./dom.js";

/** Shows the form; `submit` gets pairs of input and value and answers with `refused` where it cannot be sent. */
export function open(modal, submit) {
  const dialog = byId("form");
  const fault = h("p", { class: "fault", role: "alert" });
  const inputs = modal.inputs.map((input) => {
    const attributes = {
      name: input.custom_id,
      required: input.required,
      placeholder: input.placeholder,
      maxlength: input.max_length ?? 4000,
      minlength: input.min_length ?? 0,
    };
    const field = input.style === 2 ? h("textarea", attributes) : h("input", { type: "text", autocomplete: "off", ...attributes });
    field.value = input.value ?? "";
    return field;
  });
  const labels = modal.inputs.map((input, at) => h("label", {}, h("span", {}, input.label, !input.required && h("small", {}, " (may stay empty)")), inputs[at]));
  const form = h(
    "form",
    {
      method: "dialog",
      on: {
        // Enter makes a new line in a long text, so sending it needs another key.
        keydown: (event) => {
          if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
          // Closing moves the focus to the button that opened the form; the same key must not press it again.
          event.preventDefault();
          form.requestSubmit();
        },
        submit: async (event) => {
          event.preventDefault();
          const began = submit(inputs.map((field) => [field.name, field.value]));
          dialog.close();
          const done = await began;
          if (done?.refused) fault.textContent = done.refused;
        },
      },
    },
    h("h2", { id: "form-title" }, modal.title),
    labels,
    fault,
    inputs.some((field) => field.localName === "textarea") && h("small", {}, "Ctrl + Enter sends."),
    h("div", { class: "ends" }, h("button", { type: "button", class: "quiet", on: { click: () => dialog.close() } }, "Cancel"), h("button", { type: "submit", class: "press", data: { style: 1 } }, "Submit")),
  );
  dialog.replaceChildren(form);
  if (!dialog.open) dialog.showModal();
  inputs[0]?.focus();
}
