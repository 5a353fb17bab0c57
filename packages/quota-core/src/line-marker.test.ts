import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { findMarkers, lineMarker, markLine, withoutMarkers } from './index.js';

const BILL = `sha256:7ee238035258${'0'.repeat(52)}`;

describe('the marker of a line', () => {
  it('has the form of its key', () => {
    expect(lineMarker(BILL)).toBe('AB:7ee238035258');
    expect(lineMarker('pur-1')).toBe('[sluice:pur-1]');
    expect(lineMarker('refund:pur-1')).toBe('[sluice:refund%3Apur-1]');
    expect(lineMarker('sha256:abc')).toBe('[sluice:sha256%3Aabc]');
  });

  it('ends the description, and is found there', () => {
    const line = markLine('Ligações de outubro ', BILL);
    expect(line).toBe('Ligações de outubro AB:7ee238035258');
    expect(findMarkers(`${line}\n${line}`)).toEqual(['AB:7ee238035258', 'AB:7ee238035258']);
    expect(markLine('', BILL)).toBe('AB:7ee238035258');
    expect(markLine(line, BILL)).toBe(line);
    expect(findMarkers(`a ${markLine('b', 'k[]')} c`)).toEqual(['[sluice:k%5B%5D]']);
  });

  it('is the only one, whatever the text has', () => {
    const noise = fc.constantFrom('[sluice:', 'pur-2]', ' AB:', '0123456789ab', 'ab', '\n', '[', '𝄞', ' ');
    const text = fc.array(noise, { maxLength: 12 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.constantFrom(BILL, 'pur-1', '%]['), (words, key) => {
        expect(findMarkers(markLine(words, key))).toEqual([lineMarker(key)]);
        expect(findMarkers(withoutMarkers(markLine(words, key)))).toEqual([]);
      }),
    );
  });

  it('is not found in a longer text of its kind', () => {
    expect(findMarkers('AB:7ee2380352581 AB:7EE238035258 AB:7ee23803525 [sluice:a')).toEqual([]);
  });
});
