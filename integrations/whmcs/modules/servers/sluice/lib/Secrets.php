<?php

declare(strict_types=1);

namespace Sluice\Whmcs;

/** The secrets of a call, which no log may show. */
final class Secrets
{
    /** What logs and messages show in place of a secret. */
    public const MASK = '********';

    /** Keys of documents whose texts are secret: passwords, tokens, and links that log somebody in. */
    private const KEYS = ['password', 'sip_password', 'token', 'secret', 'links', 'url'];

    /** Whoever has the uuid of a user or an agent of Hiddify can use its account. */
    private const UUID = '/(?<![0-9a-f])([0-9a-f]{4})[0-9a-f]{4}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-f])/i';

    /** @var array<string, true> */
    private array $values = [];

    /** @param list<string> $values */
    public function __construct(array $values)
    {
        foreach ($values as $value) {
            $this->add($value);
        }
    }

    /**
     * Finds the secrets in a document by their keys.
     *
     * @param array<array-key, mixed> $document
     */
    public function collect(array $document, bool $isSecret = false): void
    {
        foreach ($document as $key => $value) {
            $secret = $isSecret || in_array($key, self::KEYS, true);
            if (is_array($value)) {
                $this->collect($value, $secret);
            } elseif ($secret && is_string($value)) {
                $this->add($value);
            }
        }
    }

    /** @return list<string> for the list of replaced values of `logModuleCall` */
    public function values(): array
    {
        return array_map('strval', array_keys($this->values));
    }

    /** Returns a text without the secrets; of uuids the first four digits stay. */
    public function masked(string $text): string
    {
        return (string) preg_replace(self::UUID, '$1...', str_replace($this->values(), self::MASK, $text));
    }

    /**
     * Returns a document without the secrets.
     *
     * @param array<array-key, mixed> $document
     *
     * @return array<array-key, mixed>
     */
    public function maskedValues(array $document): array
    {
        $masked = [];
        foreach ($document as $key => $value) {
            $masked[$key] = match (true) {
                is_array($value) => $this->maskedValues($value),
                is_string($value) => in_array($key, self::KEYS, true) ? self::MASK : $this->masked($value),
                default => $value,
            };
        }
        return $masked;
    }

    private function add(string $value): void
    {
        // Shorter ones would blank ordinary words; their keys mask them all the same.
        if (strlen($value) >= 4) {
            $this->values[$value] = true;
        }
    }
}
