import type { PageRequest } from '../page.js';
import { html, type Html, type Part } from './html.js';

/** A field of a form. */
export interface Field {
  name: string;
  label: string;
  /** `text` where nothing else is said. */
  type?: 'text' | 'date' | 'number' | 'search' | 'checkbox';
  value?: string;
  /** Makes it a choice; with `''` as a value it may be left open. A value alone is its own text. */
  choices?: readonly (string | readonly [value: string, text: string])[];
  hint?: string;
  isRequired?: boolean;
}

/** A form that changes something. */
export interface Form {
  action: string;
  /** One-time key, by default a new one: a form that is sent twice acts once. */
  key?: string;
  fields?: readonly Field[];
  submit: string;
  tone?: 'plain' | 'danger';
  /** Names the form where several have equal fields. */
  id: string;
  hidden?: Readonly<Record<string, string>>;
}

/** Returns a form for a change; its fields have what was typed before where the form was refused. */
export function postForm({ csrf, newKey, refused }: PageRequest, form: Form): Html {
  const { action, key = newKey(), fields = [], submit, tone = 'plain', id, hidden = {} } = form;
  const typed = refused?.form === id ? refused.values : null;
  return html`<form class="form" method="post" action="${action}">
    ${showHidden({ csrf, key, ...hidden })}
    ${fields.map((field) => showField(typed === null ? field : { ...field, value: typed[field.name] ?? '' }, id))}
    <button class="button button-${tone}" type="submit">${submit}</button>
  </form>`;
}

/** Returns a form that reads: its fields become the address. */
export function searchForm(of: Pick<Form, 'action' | 'fields' | 'submit' | 'id' | 'hidden'>): Html {
  const { action, fields = [], submit, id, hidden = {} } = of;
  return html`<form class="form form-search" method="get" action="${action}">
    ${showHidden(hidden)} ${fields.map((field) => showField(field, id))}
    <button class="button" type="submit">${submit}</button>
  </form>`;
}

function showHidden(hidden: Readonly<Record<string, string>>): Html[] {
  return Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`);
}

function showField(field: Field, form: string): Html {
  const { name, label, hint } = field;
  const id = `${form}-${name}`;
  const described = hint === undefined ? null : html` aria-describedby="${id}-hint"`;
  const explained = hint === undefined ? null : html`<span class="hint" id="${id}-hint">${hint}</span>`;
  if (field.type === 'checkbox') {
    return html`<div class="field field-check">
      <input
        type="checkbox"
        id="${id}"
        name="${name}"
        value="yes"
        ${field.value === 'yes' ? html` checked` : null}${described}
      /><label for="${id}">${label}</label>${explained}
    </div>`;
  }
  return html`<div class="field">
    <label for="${id}">${label}</label>${showControl(field, id, described)}${explained}
  </div>`;
}

function showControl(
  { name, type = 'text', value = '', choices, isRequired = false }: Field,
  id: string,
  more: Part,
): Html {
  const required = isRequired ? html` required` : null;
  if (choices === undefined) {
    const direction = type === 'text' || type === 'search' ? html` dir="auto"` : null;
    return html`<input
      type="${type}"
      id="${id}"
      name="${name}"
      value="${value}"
      autocomplete="off"
      ${direction}${required}${more}
    />`;
  }
  const options = choices.map((of) => {
    const [choice, text] = typeof of === 'string' ? [of, of] : of;
    return html`<option value="${choice}" ${choice === value ? html` selected` : null}>${text}</option>`;
  });
  return html`<select id="${id}" name="${name}" ${required}${more}>
    ${options}
  </select>`;
}
