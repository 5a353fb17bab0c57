import { COMPARING } from '@sluice/quota-core';

// As `toFinder` of quota-core does it.
const COMPARE = `const rule = ${JSON.stringify(COMPARING)};
const letters = new RegExp('[' + Object.keys(rule.letters).join('') + ']', 'gu');
const all = (source) => new RegExp(source, 'gu');
const toComparable = (text) => text.normalize('NFKD').replace(all(rule.invisible), '').replace(all(rule.marks), '').toLowerCase()
  .replace(all(rule.digits), (digit) => String(digit.charCodeAt(0) & 15)).replace(letters, (letter) => rule.letters[letter])
  .replace(/\\s+/g, ' ').normalize('NFC');
const numbers = (text) => text.match(all(rule.number)) || [];
const toDigits = (number) => number.replace(/\\D/g, '').replace(/^0+/, '');
const isLong = (digits) => digits.length >= rule.fewestDigits;
const toRow = (texts) => texts.map(toComparable).flatMap((line) => [line, ...numbers(line).map(toDigits).filter(isLong)]).join('\\n');
const toFinder = (text) => {
  const wanted = toComparable(text).trim();
  const digits = numbers(wanted)[0] === wanted ? toDigits(wanted) : '';
  return (texts) => {
    const row = toRow(texts);
    return row.includes(wanted) || (isLong(digits) && row.includes(digits));
  };
};`;

/** What pages do besides where scripts run; everything works without it. */
export const SCRIPT = `'use strict';
${COMPARE}
for (const form of document.querySelectorAll('form[data-confirm]')) {
  form.addEventListener('submit', (event) => {
    if (!window.confirm(form.dataset.confirm)) event.preventDefault();
  });
}
for (const form of document.querySelectorAll('form[method="post"]')) {
  form.addEventListener('submit', (event) => {
    if (event.defaultPrevented) return;
    const button = form.querySelector('button[type="submit"]');
    if (button) setTimeout(() => { button.disabled = true; }, 0);
  });
}
window.addEventListener('pageshow', () => {
  for (const button of document.querySelectorAll('button[disabled]')) button.disabled = false;
});
for (const element of document.querySelectorAll('[data-copy]')) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'link';
  button.textContent = document.body.dataset.copyText;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(element.dataset.copy);
    button.textContent = document.body.dataset.copiedText;
  });
  element.after(' ', button);
}
for (const region of document.querySelectorAll('[data-filter]')) {
  const rows = [...region.querySelectorAll('tbody tr')];
  if (rows.length < 8) continue;
  const field = document.createElement('div');
  field.className = 'form field';
  const label = document.createElement('label');
  const input = document.createElement('input');
  input.type = 'search';
  input.dir = 'auto';
  input.id = 'filter-' + Math.random().toString(36).slice(2);
  label.htmlFor = input.id;
  label.textContent = document.body.dataset.filterText;
  field.append(label, input);
  region.before(field);
  input.addEventListener('input', () => {
    const isFound = toFinder(input.value);
    for (const row of rows) row.hidden = !isFound([row.textContent]);
  });
}
const reloadSeconds = Number(document.body.dataset.reload);
if (reloadSeconds > 0) {
  const isChanged = (field) => field.value !== field.defaultValue || field.checked !== field.defaultChecked;
  const isInUse = () =>
    document.hidden ||
    document.activeElement?.matches('input, select, textarea') ||
    document.querySelector('main details[open]') !== null ||
    [...document.querySelectorAll('main input')].some(isChanged);
  setInterval(() => { if (!isInUse()) window.location.reload(); }, reloadSeconds * 1000);
}
for (const element of document.querySelectorAll('[data-events]')) {
  const bar = element.querySelector('progress');
  const text = element.querySelector('[data-progress]');
  const source = new EventSource(element.dataset.events);
  source.addEventListener('progress', (event) => {
    const { done, total } = JSON.parse(event.data);
    const isAllRead = total > 0 && done >= total;
    if (bar && isAllRead) bar.removeAttribute('value');
    else if (bar && total > 0) { bar.max = total; bar.value = done; }
    if (text) text.textContent = done + ' of ' + total + (isAllRead ? text.dataset.after : ' read');
  });
  const end = () => { source.close(); window.location.reload(); };
  source.addEventListener('report', end);
  // The browser's own errors, which it mends by itself, have no data.
  source.addEventListener('failure', end);
}
`;
