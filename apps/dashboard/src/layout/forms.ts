import type { PageRequest } from '../requests/page-request.js';
import { html, type Html, type Part } from './html.js';

/** A field of a form. */
export interface Field {
  name: string;
  label: string | Html;
  /** `text` where nothing else is said; a `date` is written as 2026-12-31, whatever the language of the browser. */
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
  submit: Part;
  tone?: 'plain' | 'main' | 'danger';
  /** Names the form where several have equal fields. */
  id: string;
  hidden?: Readonly<Record<string, string>>;
}

/**
 * Returns a form for a change. Where it was refused, it says why, its fields have what was typed, and the one that is wrong has
 * the focus.
 */
export function postForm({ csrf, newKey, refused }: PageRequest, form: Form): Html {
  const { action, key = newKey(), fields = [], submit, tone = 'plain', id, hidden = {} } = form;
  return html`<form class="form" method="post" action="${action}">
    ${showHidden({ csrf, key, ...hidden })} ${showFields(fields, id, refused)}
    <button class="button button-${tone}" type="submit">${submit}</button>
  </form>`;
}

/** Returns a form that reads: its fields become the address. */
export function searchForm(
  of: Pick<Form, 'action' | 'fields' | 'submit' | 'id' | 'hidden'> & Pick<PageRequest, 'refused'>,
): Html {
  const { action, fields = [], submit, id, hidden = {}, refused } = of;
  return html`<form class="form form-search" method="get" action="${action}">
    ${showHidden(hidden)} ${showFields(fields, id, refused)}
    <button class="button" type="submit">${submit}</button>
  </form>`;
}

/** A field with a link that is a secret: it is whole there, and no text of the page shows it. */
export function linkField(url: string, label: string): Html {
  return html`<div class="field">
    <label for="own-link">${label}</label
    ><input type="text" id="own-link" value="${url}" data-copy="${url}" dir="ltr" readonly />
  </div>`;
}

type Refused = NonNullable<PageRequest['refused']>;

/** The id of the sentence that says why a form was refused. */
export function errorId(form: string): string {
  return `${form}-error`;
}

function showFields(fields: readonly Field[], form: string, refused: Refused | undefined): Html {
  if (refused?.form !== form) return html`${fields.map((field) => showField(field, form))}`;
  const wrong = findWrong(fields, refused);
  return html`<p class="notice notice-bad" role="alert" id="${errorId(form)}">
      <span dir="auto">${refused.message}</span>
    </p>
    ${fields.map((field) => showField({ ...field, value: toTyped(field, refused) }, form, field === wrong))}`;
}

/** What was typed into a field; what may be a secret is not shown again. */
function toTyped({ name }: Field, { values }: Refused): string {
  return /password|secret|token/i.test(name) ? '' : (values[name] ?? '');
}

/** Returns the field that a refusal is about: that which it names, or begins with or whose text it has, else the first that was filled in. */
function findWrong(fields: readonly Field[], { message, values, field }: Refused): Field | undefined {
  const [, start = ''] = /^([^:]{1,60}):/.exec(message) ?? [];
  const typed = fields.filter(({ name }) => (values[name] ?? '').trim() !== '');
  return (
    fields.find(({ name }) => name === field) ??
    fields.find(({ name, label }) =>
      [name, label.toString()].some((word) => word.toLowerCase() === start.toLowerCase()),
    ) ??
    typed.find(({ name }) => message.includes(`"${values[name] ?? ''}"`)) ??
    typed.find(({ choices, type }) => choices === undefined && type !== 'checkbox') ??
    fields[0]
  );
}

function showHidden(hidden: Readonly<Record<string, string>>): Html[] {
  return Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`);
}

function showField(field: Field, form: string, isWrong = false): Html {
  const { name, label, hint } = field;
  const id = `${form}-${name}`;
  const about = [isWrong ? errorId(form) : null, hint === undefined ? null : `${id}-hint`].filter(
    (part) => part !== null,
  );
  const described = html`${about.length === 0 ? null : html` aria-describedby="${about.join(' ')}"`}${isWrong ? html` aria-invalid="true" autofocus` : null}`;
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
    const day =
      type === 'date'
        ? html` placeholder="YYYY-MM-DD" pattern="\\d{4}-\\d{2}-\\d{2}" title="A date such as 2026-12-31"`
        : null;
    return html`<input
      type="${type === 'date' ? 'text' : type}"
      id="${id}"
      name="${name}"
      value="${value}"
      autocomplete="off"
      ${direction}${day}${required}${more}
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
