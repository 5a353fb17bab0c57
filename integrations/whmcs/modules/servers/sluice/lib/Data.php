<?php

declare(strict_types=1);

namespace Sluice\Whmcs;

/** Reads values of a document, whose shape is not trusted: an unexpected type reads as absent. */
final class Data
{
    /** @param array<array-key, mixed> $values */
    public function __construct(public readonly array $values)
    {
    }

    /** Returns an object in the document; an empty one where there is none. */
    public function at(string|int $key): self
    {
        $value = $this->values[$key] ?? null;
        return new self(is_array($value) ? $value : []);
    }

    /** Returns whether the document has a value other than null. */
    public function has(string|int $key): bool
    {
        return isset($this->values[$key]);
    }

    /** Returns a text or number as text; an empty text where there is none. */
    public function text(string|int $key): string
    {
        $value = $this->values[$key] ?? null;
        return is_string($value) || is_int($value) || is_float($value) ? (string) $value : '';
    }

    /** Returns a whole number; null where it is absent or not one. */
    public function whole(string|int $key): ?int
    {
        $value = $this->values[$key] ?? null;
        if (is_string($value) && preg_match('/^\d{1,18}$/', $value) === 1) {
            return (int) $value;
        }
        return is_int($value) ? $value : (is_float($value) && floor($value) === $value && abs($value) < 2 ** 53 ? (int) $value : null);
    }

    /** Returns whether a value is true; WHMCS also writes "on" and 1. */
    public function isTrue(string|int $key): bool
    {
        return in_array($this->values[$key] ?? null, [true, 1, '1', 'on', 'true'], true);
    }

    /** @return list<self> the objects of a list */
    public function items(string|int $key): array
    {
        $items = [];
        foreach ($this->at($key)->values as $item) {
            if (is_array($item)) {
                $items[] = new self($item);
            }
        }
        return $items;
    }

    /** @return list<string> the texts of a list */
    public function texts(string|int $key): array
    {
        return array_values(array_filter($this->at($key)->values, 'is_string'));
    }
}
