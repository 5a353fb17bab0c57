import { describe, expect, it } from '@jest/globals';
import { parseList } from './list-answer.js';

const rows = [{ id: 1 }, { id: 2 }];
const silent = { page: null, lastPage: null, total: null, next: null };

describe('parseList', () => {
  it.each([
    ['a plain list', rows],
    ['data', { data: rows }],
    ['result', { status: 'success', result: rows }],
    ['its own name', { services: rows }],
    ['data.data', { data: { data: rows } }],
    ['data.items', { data: { items: rows } }],
    ['data.records', { data: { records: rows } }],
    ['result.rows', { result: { rows } }],
    ['data.collection', { data: { collection: rows } }],
    ['data.services', { data: { services: rows } }],
  ])('finds %s', (_where, json) => {
    expect(parseList(json, { name: 'services' })).toEqual({ rows, info: silent });
  });

  it.each([
    ['beside the list', { data: rows, current_page: 1, last_page: 3, total: 5 }],
    ['around the list', { data: { data: rows, current_page: 1, last_page: 3, total: 5 } }],
    ['in meta', { data: rows, meta: { current_page: 1, last_page: 3, total: 5 } }],
    ['in text', { data: rows, meta: { current_page: '1', last_page: '3', total: '5' } }],
  ])('reads page numbers %s', (_where, json) => {
    expect(parseList(json, { name: 'services' }).info).toEqual({ page: 1, lastPage: 3, total: 5, next: null });
  });

  it.each([
    [{ data: rows, next_page_url: 'https://dcim.example.test/api/v3/x?per_page=2&page=2' }, 2],
    [{ data: rows, next_page_url: null }, 'none'],
    [{ data: rows, links: { next: '/x?page=3' } }, 3],
    [{ data: rows, links: { next: null } }, 'none'],
    [{ data: rows, links: { next: 'https://elsewhere.example/' } }, null],
    [{ data: rows }, null],
  ])('%j: next is %s', (json, next) => {
    expect(parseList(json, { name: 'services' }).info.next).toBe(next);
  });

  it.each([
    ['nothing', null],
    ['text', 'none'],
    ['an unknown key', { servers: rows }],
    ['an object by numbers', { data: { 1: { id: 1 } } }],
    ['rows that are no records', { data: [rows] }],
    ['two lists', { data: rows, services: [] }],
    ['a lone record', { id: 1 }],
    ['a list too deep', { data: { data: { data: { data: rows } } } }],
  ])('refuses %s', (_what, json) => {
    expect(() => parseList(json, { name: 'services' })).toThrow();
  });

  it('takes a lone record where one is allowed', () => {
    expect(parseList({ data: { id: 1 } }, { name: 'ports', bareRecordIds: ['id'] }).rows).toEqual([{ id: 1 }]);
  });
});
